#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	hostA --- gwA [ Tunnel1 over IPv4 ] === 1500 === gwB --- hostB
#	              [ Tunnel2 over IPv6 ]
#
# Tunnel interfaces that last, and SAs that change under them: every cipher and
# hash, with and without NAT traversal. The MTU of a device follows its SA and is
# right to the byte (R-FRAG-1): the largest packet leaves as one ESP packet of at
# most 1500 bytes, one byte more is not sent, and its sender is told the MTU.
set -euo pipefail
# shellcheck source=selftests/vm/lib_config.sh
. "$(dirname "$0")/../lib_config.sh"

outer=1500

# name, bytes of IV, block and ICV on the wire, and the words for ip(8)
k16=000102030405060708090a0b0c0d0e0f k32=$k16$k16
k20=${k16}10111213 k36=${k32}20212223 k48=$k32$k16 k64=$k32$k32
cbc='cbc(aes)' null='ecb(cipher_null)'
transforms=(
	"aes-128 sha-1		16 16 12 enc $cbc 0x$k16 auth-trunc hmac(sha1) 0x$k20 96"
	"aes-256 sha-1		16 16 12 enc $cbc 0x$k32 auth-trunc hmac(sha1) 0x$k20 96"
	"aes-128 sha-256	16 16 16 enc $cbc 0x$k16 auth-trunc hmac(sha256) 0x$k32 128"
	"aes-256 sha-256	16 16 16 enc $cbc 0x$k32 auth-trunc hmac(sha256) 0x$k32 128"
	"aes-128 sha-384	16 16 24 enc $cbc 0x$k16 auth-trunc hmac(sha384) 0x$k48 192"
	"aes-256 sha-384	16 16 24 enc $cbc 0x$k32 auth-trunc hmac(sha384) 0x$k48 192"
	"aes-128 sha-512	16 16 32 enc $cbc 0x$k16 auth-trunc hmac(sha512) 0x$k64 256"
	"aes-256 sha-512	16 16 32 enc $cbc 0x$k32 auth-trunc hmac(sha512) 0x$k64 256"
	"null sha-1		0 4 12 enc $null - auth-trunc hmac(sha1) 0x$k20 96"
	"null sha-256		0 4 16 enc $null - auth-trunc hmac(sha256) 0x$k32 128"
	"null sha-384		0 4 24 enc $null - auth-trunc hmac(sha384) 0x$k48 192"
	"null sha-512		0 4 32 enc $null - auth-trunc hmac(sha512) 0x$k64 256"
	"gcm-128 -		8 4 16 aead rfc4106(gcm(aes)) 0x$k20 128"
	"gcm-256 -		8 4 16 aead rfc4106(gcm(aes)) 0x$k36 128"
	"chacha20 poly1305	8 4 16 aead rfc7539esp(chacha20,poly1305) 0x$k36 128"
)

# --- what is right: RFC 4303 section 2, RFC 3948 section 2.1 ------------------

# wire_size FAMILY UDP-BYTES INNER: sets $size. Headers, IV and ICV, and the payload with
# its padding, pad length and next header.
wire_size() {
	size=$((($1 == 4 ? 20 : 40) + $2 + 4 + 4 + iv + ($3 + 2 + block - 1) / block * block + icv))
}
# largest FAMILY UDP-BYTES: sets $inner, found by trying.
largest() {
	inner=$outer size=$((outer + 1))
	while ((size > outer)); do
		inner=$((inner - 1))
		wire_size "$1" "$2" $inner
	done
}

# --- the gateways ------------------------------------------------------------

# The SAs come from outside, as IKE would bring them.
gateway_config() {	# NUMBER LETTER PEER-NUMBER PEER-LETTER
	cat <<-IOS
	hostname gw-$2
	crypto ipsec transform-set gcm esp-gcm 256
	crypto ipsec profile vti
	 set transform-set gcm
	interface Tunnel1
	 ip address 10.255.1.$1 255.255.255.252
	 tunnel source eth0
	 tunnel destination 192.0.2.$3
	 tunnel mode ipsec ipv4
	 tunnel protection ipsec profile vti
	interface Tunnel2
	 ipv6 address 2001:db8:c::$1/64
	 tunnel source 2001:db8::$1
	 tunnel destination 2001:db8::$3
	 tunnel mode ipsec ipv6
	 tunnel protection ipsec profile vti
	ip route 10.$3.0.0 255.255.255.0 Tunnel1
	ipv6 route 2001:db8:$4::/64 Tunnel2
	end
	IOS
}

tunnel_device() {	# GW NUMBER: by its if_id
	gw "$1" ip -d -o link show type xfrm |
		sed -nE "s/^[0-9]+: ([^:@]+)[:@].* if_id $(printf '0x%x' $((0x54000000 + $2)))\b.*/\1/p"
}

natt_sockets='
import socket, time
keep = [socket.socket(f, socket.SOCK_DGRAM) for f in (socket.AF_INET, socket.AF_INET6)]
keep[1].setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
for s in keep:
	s.bind(("", 4500))
	s.setsockopt(socket.IPPROTO_UDP, 100, 2)	# UDP_ENCAP, UDP_ENCAP_ESPINUDP
time.sleep(1e6)
'
natt_open() {	# GW: what an IKE daemon has, in both families
	gw_bg "$1" python3 -IS -c "$natt_sockets"
	disown $!
	wait_until 30 grep -q :1194 "/proc/${gw_pid[$1]}/net/udp"
	wait_until 30 grep -q :1194 "/proc/${gw_pid[$1]}/net/udp6"
}

# mtu_is GW DEVICE BYTES: without a process, this is asked often
mtu_is() {
	local mtu
	read -r mtu <"/proc/${gw_pid[$1]}/root/sys/class/net/$2/mtu"
	[[ $mtu == "$3" ]]
}

# --- SAs ---------------------------------------------------------------------

sa() {	# SRC DST SPI TUNNEL
	local id=$((0x54000000 + $4)) words=("${algorithm[@]}") any=([1]=0.0.0.0 [2]=::) encap=''
	[[ ${words[2]} != - ]] || words[2]='""'
	((!udp)) || encap="encap espinudp 4500 4500 ${any[$4]}"
	echo "xfrm state add src $1 dst $2 proto esp spi $3 mode tunnel reqid $id if_id $id" \
		"replay-window 32 ${words[*]} $encap"
}

# The round's SAs take the place of the last round's, in one go. What cannot be added
# leaves the tunnel without, and the next round has nothing to delete.
swap() {
	local spi=$((0x1000 + round * 4)) gateway
	{
		sa 192.0.2.1 192.0.2.2 $spi 1
		sa 192.0.2.2 192.0.2.1 $((spi + 1)) 1
		sa 2001:db8::1 2001:db8::2 $((spi + 2)) 2
		sa 2001:db8::2 2001:db8::1 $((spi + 3)) 2
	} >"$work/add"
	for gateway in gwB gwA; do
		cat "$work/delete" "$work/add" | gw $gateway ip -batch - || return
	done
	sed 's/ state add / state delete /; s/ mode tunnel .*//' "$work/add" >"$work/delete"
}

# --- traffic -----------------------------------------------------------------

# What became of an echo: "through", "too big MTU" or "nothing". The host forgets what
# it was told before; the gateway's own packets are refused by its socket.
probes='
try() {
	local words
	if words=$(ping -n -c1 -W8 "$@" 2>&1); then echo through; return; fi
	words=$(sed -nE "s/.*(Frag needed|Packet too big|message too long)[^0-9]*([0-9]+).*/too big \2/p" <<<"$words")
	echo "${words:-nothing}"
}
'
forwarded() {	# INNER4 INNER6
	gw hostA bash -c "$probes"'
	ip route flush cache
	ip -6 route flush cache
	try -M do -s $(($1 - 28)) 10.2.0.10
	try -M do -s $(($1 + 1 - 28)) 10.2.0.10
	try -M do -s $(($2 - 48)) 2001:db8:b::10
	try -M do -s $(($2 + 1 - 48)) 2001:db8:b::10' probes "$@"
}
own() {
	gw gwA bash -c "$probes"'
	try -M do -I 10.1.0.1 -s $(($1 - 28)) 10.2.0.10
	try -M do -I 10.1.0.1 -s $(($1 + 1 - 28)) 10.2.0.10
	try -M do -I 2001:db8:a::1 -s $(($2 - 48)) 2001:db8:b::10
	try -M do -I 2001:db8:a::1 -s $(($2 + 1 - 48)) 2001:db8:b::10' probes "$@"
}

told() {	# MTU4 MTU6: what four probes have to be answered
	printf 'through\ntoo big %d\nthrough\ntoo big %d\n' "$@"
}

# --- one round ---------------------------------------------------------------

say_round() {
	local words natt=([0]='' [8]=' NAT-T')
	read -r -a words <<<"$1"
	name="${words[0]} ${words[1]}${natt[udp]}"
	iv=${words[2]} block=${words[3]} icv=${words[4]} algorithm=("${words[@]:5}")
}

# expected SPI FAMILY INNER TIMES: for the end, when the whole wire is looked at.
expected() {
	local i
	wire_size "$2" $udp "$3"
	for ((i = 0; i < $4; i++)); do
		printf '0x%08x %d\n' "$1" $((14 + size)) >>"$work/expected"
	done
}

round_of() {	# TRANSFORM UDP-BYTES
	local four six spi=$((0x1000 + round * 4)) udp=$2 times=1
	say_round "$1"
	largest 4 $udp && four=$inner
	largest 6 $udp && six=$inner
	if ! swap 2>"$work/swap.err"; then
		not_ok "$name: the kernel takes the SAs"	# never a skip: all have to be shown
		diag <"$work/swap.err"
		gw gwA ip xfrm state flush
		gw gwB ip xfrm state flush
		: >"$work/delete"
		return 0
	fi
	expect_within 20 "$name: MTU over IPv4 $four" mtu_is gwA "$dev4" "$four"
	expect_within 20 "$name: MTU over IPv6 $six" mtu_is gwA "$dev6" "$six"
	wait_until 20 mtu_is gwB "$dev4b" "$four"
	wait_until 20 mtu_is gwB "$dev6b" "$six"
	expect_eq "$(forwarded "$four" "$six")" "$(told "$four" "$six")" \
		"$name: the largest passes, one byte more is told the MTU"
	if ((!udp)); then
		times=2
		expect_eq "$(own "$four" "$six")" "$(told "$four" "$six")" \
			"$name: the same for the gateway's own packets"
	fi
	expected $spi 4 "$four" $times
	expected $((spi + 2)) 6 "$six" $times
}

config_net
gateway_config 1 a 2 b >"$work/a.ios"
gateway_config 2 b 1 a >"$work/b.ios"
config_start gwA "$work/a.ios" || bail "gwA does not start"
config_start gwB "$work/b.ios" || bail "gwB does not start"
dev4=$(tunnel_device gwA 1) dev6=$(tunnel_device gwA 2)
dev4b=$(tunnel_device gwB 1) dev6b=$(tunnel_device gwB 2)
[[ $dev4 && $dev6 && $dev4b && $dev6b ]] || bail "no tunnel devices"
natt_open gwA
natt_open gwB

wire_start all --filter ipsec --dir in --promisc	# what gwA sends
: >"$work/delete"
round=0
for transform in "${transforms[@]}"; do
	for udp in 0 8; do
		round_of "$transform" $udp
		round=$((round + 1))
	done
done
wire_stop all
expect_eq "$("$wire" dump --fields -r "$work/all.pcap" | awk '{ print $6, $8 }' | sort)" \
	"$(sort "$work/expected")" "each was one ESP packet of the size computed, and nothing else was sent"
expect_eq "$("$wire" dump --fields -r "$work/all.pcap" | awk '$8 > 1514' | wc -l)" 0 \
	"none was larger than the link takes"
finish
