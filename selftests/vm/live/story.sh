#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	gwB: XDP --- bpf_xdp_get_xfrm_state() ---> the kernel's own window
#
# The variant for kernels that let nothing be attached to their functions: XDP
# reads the live state of the SA instead of a mirror. It must judge as the mirror
# does: replays die, forged packets move nothing, reordering up to the window
# loses nothing, numbers cross the wrap of ESN, and from a bad wire exactly those
# packets are delivered that the kernel alone delivers.
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

net_up --third
guard_start gwB eth0 --window-source live
expect_not "no mirror is attached" gw gwB test -e $pins/xi_mirror
expect "told" eval 'engine gwB | grep -q "Replay windows: .*live"'
tunnel_up
expect_guarded "a small storm" 2000
expect_guarded "a second one" 100
mark gwB
inject "$work/guarded" --count 1000 --seq-set 1000000 --flip-icv
expect_grown gwB "forged" SA_NEW=1000 XfrmInStateProtoError=1000
expect_ping "the tunnel is clean: a new packet passes"

tunnel_up --net 2 --spi 0x1002 --window 1024
record "$work/frames" 4096
"$wire" shuffle -r "$work/frames" -w "$work/turned" --reorder-exact 1024 >/dev/null
sink_start gwB
mark gwB
inject "$work/turned"
inject "$work/frames"
expect_grown gwB "blocks of the window's size, then all again" SA_NEW=4096 REPLAY_DUP=1024 \
	REPLAY_OLD=3072 XfrmInStateSeqError=0
expect_sink gwB 4096 "all 4096 arrive, once"

tunnel_up --net 3 --spi 0x1003 --esn --start 0xffffff00 --window 128
record "$work/frames" 20000
"$wire" shuffle -r "$work/frames" -w "$work/bad" --loss 20 --dup 50 --dup-lag 200 --reorder 200 \
	--reorder-span 150 >/dev/null
sink_start gwB
sink_start gwC
mark gwC
cable=eth1 inject "$work/bad"
settle gwC
mark gwB
inject "$work/bad"
expect_grown gwB "a bad wire, over the wrap of ESN" XfrmInStateSeqError=0 \
	"REPLAY_DUP+REPLAY_OLD=$(grown gwC XfrmInStateSeqError)" \
	"XfrmInStateProtoError=$(grown gwC XfrmInStateProtoError)"
sink_stop gwB
sink_stop gwC
expect "gwC, the kernel alone, delivers the same in the same order" \
	cmp "$work/gwB.sink" "$work/gwC.sink"
finish
