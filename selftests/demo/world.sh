# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# world.sh - the demo's machines, and what kernel and xipsec say there.
#
#	hosta eth0 ---- lan gwa eth0 ---[gwa wire gwb]--- eth0 gwb lan ---- eth0 hostb
#					  mallory
#					     |
#				       eth0 mallory
#
# `wire` is a switch with three ports.  What the gateways send is mirrored to the
# third, and what comes from there goes where its MAC address says: mallory reads
# all and may send anything, but cannot look into a gateway.  The mirror hands
# him each frame once; his port learns nothing, or the first frame he sends in a
# gateway's name would turn the real ones towards him.
#
# shellcheck disable=SC2154,SC2034	# $repo and $here: of run; for acts.sh

wan_a=198.51.100.1 wan_b=198.51.100.2
lan_a=192.0.2.10 lan_b=203.0.113.10
evil=198.51.100.66 neighbour=198.51.100.67

wire_tool=$repo/build/selftests/xi-wire

world_up() {
	gw_new hosta gwa wire gwb hostb mallory
	world_cables
	world_switch
	world_host hosta "$lan_a" 192.0.2.1
	world_host hostb "$lan_b" 203.0.113.1
	# A route towards the other side is what the policies act on.
	world_gateway gwa "$wan_a" 192.0.2.1 203.0.113.0/24 "$wan_b"
	world_gateway gwb "$wan_b" 203.0.113.1 192.0.2.0/24 "$wan_a"
	gw mallory ip -batch - <<-BATCH
	link set eth0 up
	address add $evil/24 dev eth0
	BATCH
	wait_until 20 gw gwa ping -c1 -W1 "$wan_b"
}

world_cables() {
	local -A p
	local name
	for name in "${!gw_pid[@]}"; do
		p[$name]="netns ${gw_pid[$name]}"
	done
	ip -batch - <<-BATCH
	link add eth0 ${p[hosta]} type veth peer name lan ${p[gwa]}
	link add eth0 ${p[hostb]} type veth peer name lan ${p[gwb]}
	link add gwa ${p[wire]} type veth peer name eth0 ${p[gwa]}
	link add gwb ${p[wire]} type veth peer name eth0 ${p[gwb]}
	link add mallory ${p[wire]} type veth peer name eth0 ${p[mallory]}
	BATCH
}

world_switch() {
	local port
	gw_sysctl wire net.ipv6.conf.all.disable_ipv6=1
	gw_sysctl mallory net.ipv6.conf.all.disable_ipv6=1
	{
		echo "link add switch type bridge stp_state 0 mcast_snooping 0"
		for port in gwa gwb mallory; do
			echo "link set $port master switch up"
		done
		echo "link set mallory type bridge_slave learning off flood off" \
			"mcast_flood off bcast_flood off"
		echo "link set switch up"
	} | gw wire ip -batch -
	for port in gwa gwb; do
		echo "qdisc add dev $port clsact"
		echo "filter add dev $port ingress matchall action mirred egress mirror dev mallory"
	done | gw wire tc -batch -
}

# world_host NAME ADDRESS GATEWAY
world_host() {
	gw "$1" ip -batch - <<-BATCH
	link set eth0 up
	address add $2/24 dev eth0
	route add default via $3
	BATCH
}

# world_gateway NAME WAN LAN FAR-NETWORK FAR-WAN
world_gateway() {
	gw "$1" ip -batch - <<-BATCH
	link set eth0 up
	link set lan up
	address add $2/24 dev eth0
	address add $3/24 dev lan
	route add $4 via $5
	BATCH
	gw_sysctl "$1" net.ipv4.ip_forward=1
}

# mac NAME: of the untrusted NIC
mac() {
	gw "$1" cat /sys/class/net/eth0/address
}

# swan_up NAME: strongSwan, with what it has to say about its plugins left out
swan_up() {
	gw_swan "$1" "$here/$1"
	disown $!	# it is ended with its gateway, bash need not tell
	gw_swan_load "$1" >/dev/null 2>&1
}

# ping_tunnel COUNT INTERVAL: from host to host; prints how many came back
ping_tunnel() {
	gw hosta ping -q -c "$1" -i "$2" -W 10 "$lan_b" |
		awk '/received/ { print $4 }' || true
}

# --- what mallory does -------------------------------------------------------

tap=/run/tap.pcap	# his

# inject COMMAND...: xi-wire on his port; prints what it says at the end
inject() {
	gw mallory "$wire_tool" "$1" -i eth0 "${@:2}"
}

# field NAME LINE: the value of NAME=value
field() {
	local word
	for word in $2; do
		[[ $word != "$1="* ]] || echo "${word#*=}"
	done
}

# settle NAME: until no more frames arrive on its NIC
settle() {
	local last=-1 now
	while now=$(gw "$1" cat /sys/class/net/eth0/statistics/rx_packets); [[ $now != "$last" ]]; do
		last=$now
		sleep 0.5
	done
}

# --- what the kernel says ----------------------------------------------------

# xfrm_stat NAME COUNTER: of the whole gateway, so it outlives an SA
xfrm_stat() {
	gw "$1" awk -v want="$2" '$1 == want { print $2 }' /proc/net/xfrm_stat
}

# SAs towards gwb, the direction mallory attacks.
xfrm_sas() {
	gw "$1" ip -s xfrm state list dst "$wan_b"
}

# Packets gwa has encrypted towards gwb.
xfrm_sent() {
	xfrm_sas gwa | awk '/lifetime current:/ { getline; gsub(/[(),]/, " "); n += $3 }
		END { print n + 0 }'
}

# The highest number gwb's kernel has verified.
xfrm_top() {
	local top
	top=$(xfrm_sas gwb | awk '/seq-hi .*oseq-hi/ { gsub(/,/, ""); print $4; exit }')
	echo $((${top:-0}))
}

xfrm_spi() {
	xfrm_sas gwb | awk '$1 == "proto" { sub(/\(.*/, "", $4); print $4; exit }'
}

# --- what xipsec says --------------------------------------------------------

guard_up() {
	gw "$1" "$repo/build/xipsecd" -i eth0
}

guard_pid() {
	gw gwb cat /run/xipsec/xipsecd.pid
}

show() {
	gw "$1" "$repo/build/xipsec" show "${@:2}"
}

# answer COMMAND...: of gwb, for the reader
answer() {
	show gwb "$@" 2>/dev/null || echo "% no daemon answers"
}

# reasons NAME REASON...: packets counted under these, "none" without a guard
reasons() {
	{ show "$1" crypto drops --json 2>/dev/null || true; } | awk -v want=" ${*:2} " '
		/"reason":/ { gsub(/[",]/, ""); counts = index(want, " " $2 " ") }
		/"packets":/ && counts { gsub(/,/, ""); n += $2; counts = 0 }
		END { print NR ? n + 0 : "none" }'
}

# The highest number in the window that XDP reads.
guard_top() {
	{ show gwb crypto ipsec sa 2>/dev/null || true; } |
		awk '/replay window top:/ { top = $4; exit } END { print top == "" ? "none" : top }'
}

# messages PATTERN: lines of gwb's log with the text PATTERN
messages() {
	{ show gwb logging 2>/dev/null || true; } | grep -F -- "$1" || true
}

count_messages() {
	messages "$1" | wc -l
}
