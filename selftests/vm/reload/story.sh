#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	gwA:  map 10  SA =======================================>  never disturbed
#	      map 20  SA ----x new keys, new list ----x back ---->
#	      map 30  SA =======================================>
#
# A reload does what differs and nothing else. While entry 20 changes, the other
# entries keep their SAs with counters, sequence numbers and windows, and lose no
# packet. A file with errors changes nothing at all. A line typed at the prompt
# costs the kernel one message.
set -euo pipefail
# shellcheck source=selftests/vm/lib_config.sh
. "$(dirname "$0")/../lib_config.sh"

ab=4096 ba=8192			# SPIs from A to B, and back; plus the number of the entry

# entry SEQUENCE PEER OUT IN [SALT]: with keys that depend on SPI and salt, and a list of its name.
entry() {
	local out in
	out=$(printf '%08x%08x' "$3" "${5:-0}") in=$(printf '%08x%08x' "$4" "${5:-0}")
	cat <<-IOS
	crypto map lab $1 ipsec-manual
	 set peer $2
	 set transform-set cbc
	 set session-key outbound esp $3 cipher $out$out authenticator $out$out$out$out
	 set session-key inbound esp $4 cipher $in$in authenticator $in$in$in$in
	 match address flow$1
	IOS
}

# list_a SEQUENCE, list_b SEQUENCE: UDP to hostB's ports 50SEQUENCE, and echoes back.
list_a() {
	echo "ip access-list extended flow$1"
	echo " permit udp 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255 eq 50$1"
}
list_b() {
	echo "ip access-list extended flow$1"
	echo " permit udp 10.2.0.0 0.0.0.255 eq 50$1 10.1.0.0 0.0.0.255"
}

gateway_config() {	# a|b [SALT of entry 20]: SPIs of entry 20 change with it
	local -A peer=([a]=192.0.2.2 [b]=192.0.2.1)
	local -i n=${2:-0} out=$ab in=$ba
	[[ $1 == a ]] || out=$ba in=$ab
	echo "hostname gw-$1"
	echo "crypto ipsec transform-set cbc esp-aes esp-sha256-hmac"
	entry 10 "${peer[$1]}" $((out + 10)) $((in + 10))
	entry 20 "${peer[$1]}" $((out + 20 + n)) $((in + 20 + n)) $n
	entry 30 "${peer[$1]}" $((out + 30)) $((in + 30))
	echo "interface eth0"
	echo " crypto map lab"
	for n in 10 20 30; do
		"list_$1" "$n"
	done
	echo end
}

listen() {	# PORT N [SECONDS of silence that end it]
	rm -f "$work/ready.$1"
	gw_bg hostB "$wire" udp-sink --bind 10.2.0.10 --port "$1" --count "$2" --idle "${3:-30}" \
		--out "$work/sink.$1" --ready "$work/ready.$1" >"$work/got.$1"
	wait_until 30 test -e "$work/ready.$1"
}
heard() {	# PORT: how many came, when the sink has ended
	wait_until 90 grep -q received= "$work/got.$1"
	value received "$work/got.$1"
}
blast() {	# PORT N [options]
	gw hostA "$wire" udp-blast --src 10.1.0.10 --dst 10.2.0.10 --port "$1" --count "$2" "${@:3}" \
		>>"$work/blast"
}
datagrams() {	# PORT N TEXT
	listen "$1" "$2"
	blast "$1" "$2"
	expect_eq "$(heard "$1")" "$2" "$3"
}

# undisturbed: all that the kernel and the map know of the entries 10 and 30.
undisturbed() {
	local spi
	for spi in $((ab + 10)) $((ba + 10)) $((ab + 30)) $((ba + 30)); do
		counters_of gwA $spi
	done
}
others() {	# SALT: whether the SAs of entry 20 are those
	[[ $(gw gwA ip xfrm state list spi $((ab + 20 + $1))) &&
		$(gw gwA ip xfrm state list spi $((ba + 20 + $1))) ]]
}

config_net
gateway_config a >"$work/a.ios"
gateway_config a 5 >"$work/a5.ios"
gateway_config b >"$work/b.ios"
gateway_config b 5 >"$work/b5.ios"
mkdir "$work/fault"
fault_dir=$work/fault
config_start gwA "$work/a.ios" || bail "gwA does not start"
fault_dir=''
config_start gwB "$work/b.ios" || bail "gwB does not start"
for port in 5010 5020 5030; do
	datagrams $port 20 "entry ${port#50} carries traffic"
done

# --- one entry changes -------------------------------------------------------

undisturbed >"$work/before"
expect "SAs are there, with counters" test "$(grep -c ' 20(packets)' "$work/before")" -ge 2
expect "a reload of what runs" config_reload gwA "$work/a.ios"
expect "changes no counter" cmp "$work/before" <(undisturbed)
expect "a reload that changes entry 20" config_reload gwA "$work/a5.ios"
expect "has done so" others 5
expect_not "and taken away what was" others 0
expect "counters, sequence numbers and windows of 10 and 30 are the same bytes" \
	cmp "$work/before" <(undisturbed)
expect "the other gateway follows" config_reload gwB "$work/b5.ios"
datagrams 5020 20 "entry 20 carries traffic with its new keys"

# --- the same under traffic --------------------------------------------------

# stream PORT: datagrams until it is told to end
stream() {
	listen "$1" 100000 5
	gw_bg hostA "$wire" udp-blast --src 10.1.0.10 --dst 10.2.0.10 --port "$1" --count 100000 \
		--rate 40 >"$work/sent.$1"
	streams+=($!)
}
streams=()
wire_start busy --dir in --promisc
stream 5010
stream 5030
for file in a a5 a a5; do
	expect "a reload under traffic" config_reload gwA "$work/$file.ios"
done
expect "the traffic still runs" kill -TERM "${streams[@]}"
wait "${streams[@]}"
for n in 10 30; do
	sent=$(value sent "$work/sent.50$n")
	expect_eq "$(heard 50$n)" "$sent" "entry $n loses nothing of $sent"
done
wire_stop busy
expect_eq "$(on_wire busy udp)" 0 "nothing is clear"
for n in 10 30; do
	spi=$(printf '0x%08x' $((ab + n)))
	expect_eq "$("$wire" dump --fields -r "$work/busy.pcap" | awk -v spi="$spi" '$6 == spi { print $7 }')" \
		"$(seq 21 $((20 + $(value sent "$work/sent.50$n"))))" "entry $n: its sequence numbers run on"
done

# --- what is bad -------------------------------------------------------------

settled() {
	state gwA
	xi gwA show running-config
	undisturbed
}
settled >"$work/before"
{
	sed '/^end/d' "$work/a.ios"
	echo "crypto map lab 40 ipsec-manual"
	echo " set peer 192.0.2.300"
	echo "crypto mop"
} >"$work/bad.ios"
line=$(($(grep -n 192.0.2.300 "$work/bad.ios" | cut -d: -f1)))
expect_not "a file with errors is refused" config_reload gwA "$work/bad.ios"
config_reload gwA "$work/bad.ios" >"$work/words" 2>&1 || true
expect "the line is named" grep -q ":$line: error: " "$work/words"
expect "and nothing has changed: kernel, configuration, counters" cmp "$work/before" <(settled)
head -c 100000 /dev/urandom >"$work/bad.ios"
expect_not "so is what is no text" config_reload gwA "$work/bad.ios"
expect_not "and what is not there" xi gwA reload "$work/nowhere.ios"
expect "nothing has changed" cmp "$work/before" <(settled)

# --- a line at the prompt ----------------------------------------------------

# cost TEXT LINES...: messages to the kernel that change something, since now.
cost() {
	: >"$work/fault/log"
	printf '%s\n' 'configure terminal' "$@" end | xi gwA >"$work/words" 2>&1 || true
	awk '{ n += $3 } END { print n + 0 }' "$work/fault/log"
}
undisturbed >"$work/quiet"
expect_eq "$(cost 'ip route 10.9.0.0 255.255.0.0 192.0.2.2')" 1 "a static route is one message"
expect_eq "$(gw gwA ip route show 10.9.0.0/16 via 192.0.2.2 | wc -l)" 1 "it is there"
expect_eq "$(cost 'no ip route 10.9.0.0 255.255.0.0 192.0.2.2')" 1 "its end too"
expect_eq "$(gw gwA ip route show 10.9.0.0/16 | wc -l)" 0 "it is gone"
messages=$(cost 'ip access-list extended flow20' 'permit udp 10.1.0.0 0.0.0.255 10.3.0.0 0.0.0.255 eq 5020')
# Policies out, in and forwarded, what blocks the clear ones of the latter two, routes.
expect "a line of an access list is a handful ($messages)" test "$messages" -ge 1 -a "$messages" -le 8
((messages <= 8)) || diag <"$work/fault/log"
expect "counters of 10 and 30 are the same bytes" cmp "$work/quiet" <(undisturbed)
expect_eq "$(cost 'ip access-list extended nothing' 'permit udp any any')" 0 \
	"a list that nobody uses costs nothing"
finish
