#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	time:     |-- daemon --|x kill -9  |-- daemon again --| --detach
#	traffic:  ==================================================
#	in XDP:   |---------- the same programs and maps -----|
#
# The daemon is killed while packets run. Nothing of theirs is lost, replays
# still die in XDP, and SAs that come and go meanwhile are followed. The next
# daemon takes over what it finds: the same programs and maps, counters that go
# on. `xipsecd --detach` then leaves nothing of us in the kernel.
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

# What is loaded, of the kinds we load; kernels free it a moment after its end.
objects() {
	{ bpftool prog show; bpftool map show; bpftool link show; } |
		awk '/^[0-9]+:/ && !/cgroup/ { print $1, $2, $3, $4 }'
}
ours() {
	objects | grep -E 'xi_|xdp_dispatcher' | grep -v rodata | sort
}
nothing_left() {
	[[ -z $(comm -13 <(sort "$work/before") <(objects | sort)) ]] && gw gwB bash -c \
		'[[ -z $(ls /sys/fs/bpf) && -z $(ip link show eth0 | grep xdp) && ! -e /run/xipsec ]]'
}

# traffic FILE: its first 6000 frames in the background, 300 a second.
traffic() {
	gw_bg gwA "$wire" send -i eth0 -r "$1" --src-mac $mac_a --dst-mac $mac_b --range 0:6000 \
		--count 6000 --cpu $(($(nproc) - 1)) --rate 300 >"$work/traffic"
	sender=$!
}

net_up
objects >"$work/before"
guard_start gwB eth0
tunnel_up --net 2 --spi 0x1002
record "$work/two" 200
tunnel_up
record "$work/frames" 8000
sink_start gwB
mark gwB
programs=$(ours)
traffic "$work/frames"
wait_until 30 eval '(($(counters gwB | grep -oP "^SA_NEW \K.*") > 500))'
guard_stop gwB KILL
inject "$work/frames" --range 0:300 --count 3000
gw gwB ip xfrm state delete src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x1002
expect_eq "$(window_of gwB 0x1002)" "" "an SA deleted now leaves the map"
(tunnel_set --net 2 --spi 0x1003 && sa_lines $t_src $t_dst "$t_spi") | gw gwB ip -batch -
expect_eq "$(field size "$(window_of gwB 0x1003)")" 64 "an SA added now is in it"
inject "$work/two" --spi 0x1003 --flip-icv --count 50
expect "the traffic still runs" kill -0 $sender
guard_start gwB eth0
expect_eq "$(ours)" "$programs" "the next daemon: the same programs, maps and links"
expect "... says so" grep -q 'adopted what an earlier daemon left' "$work/gwB.log"
wait $sender
awaited=$((awaited + 6000))
inject "$work/frames" --range 6000:8000
expect_grown gwB "nothing lost, all replays dropped, counted on" \
	SA_UNSTARTED+SA_NEW=8050 REPLAY_DUP+REPLAY_OLD=3000 XfrmInStateSeqError=0 NO_SA=0
expect_sink gwB 8000 "all 8000 arrive"
expect "and they are the numbers 1 to 8000 in order" cmp "$work/gwB.sink" <(seq 8000)

# The programs alone: the daemon gone for good, a new life of an SPI.
guard_stop gwB KILL
(tunnel_set --net 2 --spi 0x1002 && sa_lines $t_src $t_dst "$t_spi") | gw gwB ip -batch -
mark gwB
inject "$work/two" --count 600
expect_grown gwB "a rekeyed tunnel without a daemon" SA_UNSTARTED=1 SA_NEW=199 \
	REPLAY_DUP+REPLAY_OLD=400
guard_detach gwB
expect_within 30 "--detach leaves no program, map, link, pin or file" nothing_left
finish
