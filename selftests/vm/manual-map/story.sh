#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	hostA --- gwA ===[ map: 10 ESP | 20 AH+ESP | 30 IPv6 ]=== gwB --- hostB
#
# Two gateways from configurations alone, with manual keys (R-GEN-2). What an access
# list permits leaves encrypted by the entry it belongs to, what it denies or does not
# name leaves in the clear (R-CMAP-6), with ports and protocols. A clear packet that
# should have been encrypted is dropped and told (R-LOG-14). The counters of
# `show crypto ipsec sa`, of the kernel and of the wire are the same.
set -euo pipefail
# shellcheck source=selftests/vm/lib_config.sh
. "$(dirname "$0")/../lib_config.sh"

# --- configurations ----------------------------------------------------------

# The SPI of a direction is also the last byte of its keys.
key() {	# SPI BYTES
	printf '%0*x' $(($2 * 2)) "$1"
}
keys_esp() {	# OUTBOUND-SPI INBOUND-SPI
	echo " set session-key outbound esp $1 cipher $(key "$1" 16) authenticator $(key "$1" 32)"
	echo " set session-key inbound esp $2 cipher $(key "$2" 16) authenticator $(key "$2" 32)"
}
keys_ah() {
	echo " set session-key outbound ah $1 $(key "$1" 32)"
	echo " set session-key inbound ah $2 $(key "$2" 32)"
}

gateway_config() {	# NUMBER PEER-NUMBER PEER-LETTER SPI-OUT SPI-IN
	cat <<-IOS
	hostname gw-$1
	crypto ipsec transform-set cbc esp-aes esp-sha256-hmac
	crypto ipsec transform-set both ah-sha256-hmac esp-aes esp-sha256-hmac
	crypto map lab 10 ipsec-manual
	 set peer 192.0.2.$2
	 set transform-set cbc
	$(keys_esp $(($4 + 10)) $(($5 + 10)))
	 match address 101
	crypto map lab 20 ipsec-manual
	 set peer 192.0.2.$2
	 set transform-set both
	$(keys_esp $(($4 + 20)) $(($5 + 20)))
	$(keys_ah $(($4 + 21)) $(($5 + 21)))
	 match address bundle
	crypto map lab 30 ipsec-manual
	 set peer 2001:db8::$2
	 set transform-set cbc
	$(keys_esp $(($4 + 30)) $(($5 + 30)))
	 match address six
	interface eth0
	 ip address 192.0.2.$1 255.255.255.0
	 crypto map lab
	$(lists_$1)
	end
	IOS
}

# Each the mirror of the other.
lists_1() {
	cat <<-IOS
	access-list 101 deny udp any any eq 5005
	access-list 101 permit udp 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255 range 5000 5010
	access-list 101 permit tcp 10.1.0.0 0.0.0.255 host 10.2.0.10 eq 8080
	ip access-list extended bundle
	 permit udp host 10.1.0.10 host 10.2.0.10 eq 6000
	 permit icmp host 10.1.0.10 host 10.2.0.10
	ipv6 access-list six
	 deny udp any any eq 5005
	 permit udp 2001:db8:a::/64 2001:db8:b::/64 range 5000 5010
	 permit icmp host 2001:db8:a::10 host 2001:db8:b::10
	IOS
}
lists_2() {
	cat <<-IOS
	access-list 101 deny udp any eq 5005 any
	access-list 101 permit udp 10.2.0.0 0.0.0.255 range 5000 5010 10.1.0.0 0.0.0.255
	access-list 101 permit tcp host 10.2.0.10 eq 8080 10.1.0.0 0.0.0.255
	ip access-list extended bundle
	 permit udp host 10.2.0.10 eq 6000 host 10.1.0.10
	 permit icmp host 10.2.0.10 host 10.1.0.10
	ipv6 access-list six
	 deny udp any eq 5005 any
	 permit udp 2001:db8:b::/64 range 5000 5010 2001:db8:a::/64
	 permit icmp host 2001:db8:b::10 host 2001:db8:a::10
	IOS
}
ab=4096 ba=8192		# SPIs from A to B, and back

# --- traffic -----------------------------------------------------------------

host_a=10.1.0.10 host_b=10.2.0.10 host_a6=2001:db8:a::10 host_b6=2001:db8:b::10

# listen ADDRESS PORT N [S]: on hostB, until N datagrams are there or none comes for S seconds.
declare -A listener=()
listen() {
	rm -f "$work/ready.$2"
	gw_bg hostB "$wire" udp-sink --bind "$1" --port "$2" --count "$3" --idle "${4:-20}" \
		--out "$work/sink.$2" --ready "$work/ready.$2" >"$work/got.$1.$2"
	listener[$1.$2]=$!
	wait_until 30 test -e "$work/ready.$2"
}
heard() {	# ADDRESS PORT: how many came, when the sink has ended
	wait_until 90 grep -q received= "$work/got.$1.$2"
	value received "$work/got.$1.$2"
}
blast() {	# SRC DST PORT N
	gw hostA "$wire" udp-blast --src "$1" --dst "$2" --port "$3" --count "$4" --size 200 \
		>>"$work/blast"
}
# datagrams SRC DST PORT N TEXT: sent by hostA, all arrive at hostB.
datagrams() {
	listen "$2" "$3" "$4"
	blast "$@"
	expect_eq "$(heard "$2" "$3")" "$4" "$5"
}
tcp() {	# PORT TEXT: there and back
	gw_bg hostB socat tcp-listen:"$1",reuseaddr,fork exec:cat
	disown $!
	wait_until 30 gw hostB bash -c "ss -ltn | grep :$1"
	expect_eq "$(echo over tcp | gw hostA socat -t 20 - tcp:$host_b:"$1")" "over tcp" "$2"
}

# --- what is told ------------------------------------------------------------

# told GW SPI: packets, as `show crypto ipsec sa --json` had them when it was asked.
ask() {
	xi "$1" --json show crypto ipsec sa | jq -r '.. | objects | select(has("sa-lifetime-current"))
		| "\(.spi) \(."sa-lifetime-current".packets)"' >"$work/$1.told"
}
told() {
	awk -v spi="$2" '$1 == spi { print $2 }' "$work/$1.told"
}

# same_counts SPI TEXT: sender, receiver, what both tell, and the wire.
same_counts() {
	local n
	n=$(spi_on_wire all "$1")
	expect_eq "$(packets_of gwA "$1") $(packets_of gwB "$1") $(told gwA "$1") $(told gwB "$1")" \
		"$n $n $n $n" "$2: kernel and show of both sides have the wire's $n"
}
# hidden SPI SPI-OUTSIDE TEXT: no eye on the wire sees the first, each of the second holds one.
hidden() {
	expect_eq "$(packets_of gwA "$1") $(packets_of gwB "$1") $(told gwA "$1") $(told gwB "$1")" \
		"$(packets_of gwA "$2") $(packets_of gwB "$2") $(told gwA "$2") $(told gwB "$2")" "$3"
}
clear_on_wire() {
	expect_eq "$(on_wire all "$1")" "$2" "$3"
}

config_net
gateway_config 1 2 b $ab $ba >"$work/a.ios"
gateway_config 2 1 a $ba $ab >"$work/b.ios"
config_start gwA "$work/a.ios" || bail "gwA does not start"
config_start gwB "$work/b.ios" || bail "gwB does not start"

# --- protected, excluded, not named ------------------------------------------

wire_start all --promisc
datagrams $host_a $host_b 5000 40 "UDP of a permitted range arrives"
datagrams $host_a $host_b 5010 40 "so does its last port"
datagrams $host_a $host_b 5005 7 "UDP of a denied port arrives"
datagrams $host_a $host_b 5011 7 "UDP that no line names arrives"
datagrams $host_a $host_b 6000 40 "UDP of the bundle arrives"
datagrams $host_a6 $host_b6 5000 40 "UDP over IPv6 of a permitted range arrives"
datagrams $host_a6 $host_b6 5005 7 "UDP over IPv6 of a denied port arrives"
datagrams $host_a6 $host_b6 7000 7 "UDP over IPv6 that no line names arrives"
tcp 8080 "TCP of a permitted port"
tcp 9090 "TCP of another port"
expect "echoes of the bundle" gw hostA ping -q -c 5 -i 0.2 -W 10 $host_b
expect "echoes over IPv6" gw hostA ping -q -c 5 -i 0.2 -W 10 $host_b6
wire_stop all

clear_on_wire "udp portrange 5000-5004 or udp portrange 5006-5010" 0 "nothing of the range is clear"
clear_on_wire "udp port 6000 or tcp port 8080" 0 "nor UDP of the bundle, nor TCP"
clear_on_wire "(icmp or icmp6) and (net 10.0.0.0/8 or net 2001:db8:a::/64)" 0 "nor echoes"
clear_on_wire "ip and udp port 5005" 7 "what is denied is clear"
clear_on_wire "ip6 and udp port 5005" 7 "over IPv6 too"
clear_on_wire "ip and udp port 5011" 7 "what no line names is clear"
clear_on_wire "ip6 and udp port 7000" 7 "over IPv6 too"
expect "so is TCP of another port" test "$(on_wire all tcp port 9090)" -gt 5
expect_eq "$(on_wire all "ip6 and esp and not net 2001:db8::/64")" 0 "IPv6 has gateways outside"

# UDP and TCP one way or both; SA by SA. In a bundle AH is outside, ESP within.
expect "40 and 40 of the range, and TCP" test "$(spi_on_wire all $((ab + 10)))" -gt 84
expect_eq "$(spi_on_wire all $((ab + 21)))" 45 "40 and 5 of the bundle, as AH"
expect_eq "$(on_wire all ah)" 50 "with the answers"
expect_eq "$(spi_on_wire all $((ab + 30)))" 45 "40 and 5 over IPv6"
expect_eq "$(spi_on_wire all $((ba + 30)))" 5 "and the answers"
ask gwA
ask gwB
for n in 10 21 30; do
	same_counts $((ab + n)) "SPI $((ab + n))"
	same_counts $((ba + n)) "SPI $((ba + n)), back"
done
hidden $((ab + 20)) $((ab + 21)) "ESP of the bundle: as many as AH around it"
hidden $((ba + 20)) $((ba + 21)) "back too"

# --- clear where it must not be ----------------------------------------------

dropped() {	# GW
	xi "$1" --json show crypto drops all |
		jq '[.reasons[] | select(.reason == "unprotected").packets] | add'
}
gw_bg hostA "$wire" capture -i eth0 -w "$work/clear.pcap" --dir out --ready "$work/clear.ready" \
	>"$work/clear.log"
capture=$!
wait_until 30 test -e "$work/clear.ready"
datagrams $host_a $host_b 5000 5 "five more, to be recorded in the clear"
datagrams $host_a6 $host_b6 5000 5 "and five over IPv6"
kill -TERM $capture
wait $capture || true
tcpdump -r "$work/clear.pcap" -w "$work/four.pcap" 'ip and udp port 5000' 2>/dev/null
tcpdump -r "$work/clear.pcap" -w "$work/six.pcap" 'ip6 and udp port 5000' 2>/dev/null

before=$(dropped gwB)
listen $host_b 5000 1 120
for pcap in four six; do
	gw net "$wire" send -i b0 -r "$work/$pcap.pcap" --src-mac $mac_a --dst-mac $mac_b >"$work/send"
	expect_eq "$(value sent "$work/send")" 5 "five clear packets from outside ($pcap)"
done
datagrams $host_a $host_b 5011 3 "what may be clear still arrives behind them"
expect_within 20 "the ten are dropped and counted" eval '(($(dropped gwB) == before + 10))'
kill -TERM "${listener[$host_b.5000]}" || true
expect_eq "$(heard $host_b 5000)" 0 "none of them arrives"
expect_within 20 "R-LOG-14 tells of it" eval 'xi gwB show logging | grep \
	"%CRYPTO-4-RECVD_PKT_NOT_IPSEC: .*vrf/dest_addr= /$host_b, src_addr= $host_a, prot= 17"'
expect "over IPv6 too" eval 'xi gwB show logging | grep \
	"%CRYPTO-4-RECVD_PKT_NOT_IPSEC: .*/$host_b6, src_addr= $host_a6, prot= 17"'
expect_eq "$(dropped gwA)" 0 "gwA has dropped none"

# --- one side begins anew ----------------------------------------------------

# The peer's window goes on, so the numbers have to.
xi gwA clear crypto sa >/dev/null
datagrams $host_a $host_b 5000 20 "clear crypto sa on one side loses nothing"
datagrams $host_a6 $host_b6 5000 20 "over IPv6 neither"
finish
