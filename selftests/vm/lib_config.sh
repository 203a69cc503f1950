# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# lib_config.sh - what the stories share that configure gateways in the language
# of IOS: hosts behind two gateways, the wire between them, `xipsecd -c`, and
# what is in the kernel.
#
#	 hostA              gwA                 net                 gwB              hostB
#	+-------+      +--------------+      +-------+      +--------------+      +-------+
#	| eth0 .10|====| lan0 .1      |      |bridge |      |      lan0 .1 |====|.10 eth0 |
#	|       |      |      eth0 .1 |======|a0   b0|======| .2 eth0      |      |       |
#	+-------+      +--------------+      +-------+      +--------------+      +-------+
#	 10.1.0.0/24      192.0.2.0/24, 2001:db8::/64            10.2.0.0/24
#	 2001:db8:a::/64                                         2001:db8:b::/64
#
# All four know the way to the other side in the clear. `net` sees and injects: what
# a gateway's own interface shows is too late or too early (XDP, offloads).

# shellcheck source=selftests/vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

fault=$repo/build/selftests/faultnl.so
xi() { gw "$1" "$repo/build/xipsec" "${@:2}"; }

# --- the world ---------------------------------------------------------------

config_net() {
	gw_new hostA gwA net gwB hostB
	gw_link hostA eth0 gwA lan0
	gw_link gwA eth0 net a0 queues 2
	gw_link net b0 gwB eth0 queues 2
	gw_link gwB lan0 hostB eth0
	modprobe bridge
	host_lines 1 a | gw hostA ip -batch -
	host_lines 2 b | gw hostB ip -batch -
	gateway_lines 1 a 2 b | gw gwA ip -batch -
	gateway_lines 2 b 1 a | gw gwB ip -batch -
	gw net ip -batch - <<-LINES
		link add br0 type bridge mcast_snooping 0
		link set a0 master br0
		link set b0 master br0
		link set br0 up
	LINES
	for name in gwA gwB; do
		gw_sysctl $name net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
			net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
	done
	for name in hostA hostB; do	# whole checksums, so that a frame can be injected elsewhere
		gw $name ethtool -K eth0 tx off gso off >/dev/null
	done
}

host_lines() {	# NUMBER LETTER
	echo "address add 10.$1.0.10/24 dev eth0"
	echo "address add 2001:db8:$2::10/64 dev eth0 nodad"
	echo "route add default via 10.$1.0.1"
	echo "route add default via 2001:db8:$2::1"
}

gateway_lines() {	# NUMBER LETTER PEER-NUMBER PEER-LETTER
	echo "link set eth0 address 02:00:00:00:00:0$2"
	echo "address add 10.$1.0.1/24 dev lan0"
	echo "address add 2001:db8:$2::1/64 dev lan0 nodad"
	echo "address add 192.0.2.$1/24 dev eth0"
	echo "address add 2001:db8::$1/64 dev eth0 nodad"
	echo "neighbour replace 192.0.2.$3 lladdr 02:00:00:00:00:0$4 dev eth0 nud permanent"
	echo "neighbour replace 2001:db8::$3 lladdr 02:00:00:00:00:0$4 dev eth0 nud permanent"
	echo "route add 10.$3.0.0/16 via 192.0.2.$3"
	echo "route add 2001:db8:$4::/48 via 2001:db8::$3"
}

# --- the wire ----------------------------------------------------------------

# wire_start NAME [xi-wire capture options]: all that passes between the gateways, once.
# wire_stop NAME: the end; $work/NAME.pcap. --promisc: a bridge port gets what is for others.
declare -A wire_pid=()
wire_start() {
	gw_bg net "$wire" capture -i a0 -w "$work/$1.pcap" --ready "$work/$1.ready" "${@:2}" \
		>"$work/$1.capture"
	wire_pid[$1]=$!
	wait_until 30 test -e "$work/$1.ready"
}

wire_stop() {
	kill -TERM "${wire_pid[$1]}"
	wait "${wire_pid[$1]}" || { not_ok "$1: the capture is whole"; diag <"$work/$1.capture"; }
	rm -f "$work/$1.ready"
}

# on_wire NAME FILTER...: how many frames of a stopped capture match, as tcpdump sees it.
on_wire() {
	tcpdump -n -r "$work/$1.pcap" "${*:2}" 2>/dev/null | wc -l
}

# spi_on_wire NAME SPI: how many packets of an SA.
spi_on_wire() {
	local spi
	spi=$(printf '0x%08x' $(($2)))
	"$wire" dump --fields -r "$work/$1.pcap" | awk -v spi="$spi" '$6 == spi { n++ } END { print n + 0 }'
}

# --- the gateway -------------------------------------------------------------

# config_start GW FILE [xipsecd options]: returns when it answers. It reads a copy,
# $work/GW.startup, which is also what config_reload replaces. Log: $work/GW.log.
# With fault_dir set, under faultnl.so.
fault_dir=''
config_start() {
	local -a preload=()
	local starts
	cp "$2" "$work/$1.startup"
	chmod 600 "$work/$1.startup"
	touch "$work/$1.log"
	starts=$(guard_log_count "$1" 'START: xipsecd')
	[[ -z $fault_dir ]] || preload=(env "FAULTNL=$fault_dir" "LD_PRELOAD=$fault")
	gw_bg "$1" "${preload[@]}" "$repo/build/xipsecd" -f -c "$work/$1.startup" "${@:3}" \
		2>>"$work/$1.log"
	guard_pid[$1]=$!
	disown "${guard_pid[$1]}"
	wait_until 60 config_started "$1" $((starts + 1)) && config_alive "$1" || {
		diag "$1: xipsecd does not start"
		diag <"$work/$1.log"
		return 1
	}
}

# It runs, or it never will: then it is not waited for.
config_started() {
	! config_alive "$1" || guard_logged "$1" 'START: xipsecd' "$2"
}

config_alive() {
	kill -0 "${guard_pid[$1]}" 2>/dev/null
}

# config_reload GW FILE: status and words are those of `xipsec reload`.
config_reload() {
	cp "$2" "$work/$1.startup"
	xi "$1" reload
}

# --- what is in the kernel ---------------------------------------------------

# Each as lines that can be compared: no indices, no counters, no times. Devices of the
# kinds that we make, all but the kernel's own addresses and routes, rules, policies, SAs.
# shellcheck disable=SC2016	# for awk
state_lines='
	function flush() { if (block) print block; block = "" }
	/^src / { flush(); block = "xfrm " $0; next }
	/^\t(lastused|anti-replay context)/ || /^\t +(seq-hi|[0-9a-f]{8})/ { next }
	/^\t/ && block { gsub(/[ \t]+/, " "); block = block $0; next }
	{ flush() }
	/^[0-9]+: [^ ]+: </ {
		if ($0 !~ /    (xfrm|dummy) /) next
		sub(/^[0-9]+: /, ""); sub(/@[^:]*/, ""); gsub(/\\/, "")
		gsub(/(promiscuity|allmulti|minmtu|maxmtu|numtxqueues|numrxqueues|g[sr]o_[a-z0-9_]*|tso_[a-z0-9_]*|addrgenmode) [^ ]+ ?/, "")
		sub(/link\/[a-z]+ .*brd [^ ]+/, ""); gsub(/ +/, " "); print "link " $0; next }
	/^[0-9]+: [^ ]+ +inet6? / { sub(/^[0-9]+: /, ""); if (!/ fe80:/) print "address " $0; next }
	/^[0-9]+:\t/ { sub(/[ \t]+$/, ""); print "rule" v, $0; next }
	/proto kernel| fe80::|^multicast|^anycast/ { next }
	NF { sub(/ +$/, ""); print "route" v, $0 }
	END { flush() }
'
# state GW: of both families, ours and those of others, keys of SAs too.
state() {
	gw "$1" bash -c '
		printf "%s\n" "link show" "address show" "route show table all" "rule show" |
			ip -d -o -batch - | awk -v v=4 "$0"
		printf "%s\n" "route show table all" "rule show" | ip -6 -o -batch - | awk -v v=6 "$0"
		ip xfrm policy show | awk "$0"
		ip xfrm state show | awk "$0"
	' "$state_lines" | LC_ALL=C sort
}

# counters_of GW SPI...: `ip -s xfrm state` of each, without the time of last use.
counters_of() {
	local spi
	for spi in "${@:2}"; do
		echo "xfrm state list spi $spi"
	done | gw "$1" ip -s -batch - | sed -E 's/ use .*//; /^\tlastused/d'
}

# packets_of GW SPI: that the kernel counts.
packets_of() {
	gw "$1" ip -s xfrm state list spi "$2" |
		sed -nE '/lifetime current/,$ s/^[^(]*\(bytes\), ([0-9]+)\(packets\).*/\1/p' | head -n 1
}
