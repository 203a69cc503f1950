#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	           wire: ... fffffffe ffffffff | 00000000 00000001 ...
#	number (64 bits): 0.fffffffe 0.ffffffff | 1.00000000 1.00000001
#
# Extended sequence numbers: only the lower half is sent, the upper is inferred
# from the window. Nothing is lost where the lower half wraps. Replays from both
# sides of the wrap die in XDP while they are in the window; older ones look like
# numbers of the next epoch, which their integrity check refutes: not one is
# delivered twice.
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

net_up
guard_start gwB eth0

# The wrap is behind frame 256 (number 0xffffff00 + 256).
tunnel_up --esn --start 0xffffff00
record "$work/frames" 1000
sink_start gwB
mark gwB
inject "$work/frames" --range 0:286
expect_grown gwB "window 64, through the wrap" SA_UNSTARTED+SA_NEW=286 REPLAY_DUP+REPLAY_OLD=0
expect_eq "$(field top "$(window_of gwB "$t_spi")")" $((0xffffff00 + 286)) "the top has 33 bits"
mark gwB
inject "$work/frames" --range 222:286
expect_grown gwB "the window, 33 numbers before the wrap" REPLAY_DUP=64 SA_NEW=0
mark gwB
inject "$work/frames" --range 0:222
expect_grown gwB "below the window" SA_NEW=222 XfrmInStateProtoError=222 XfrmInStateSeqError=0
mark gwB
inject "$work/frames" --range 286:1000
inject "$work/frames" --range 936:1000
inject "$work/frames" --range 0:936
expect_grown gwB "later" SA_NEW=$((714 + 936)) REPLAY_DUP=64 XfrmInStateProtoError=936
expect_sink gwB 1000 "window 64: all 1000 arrive, once"
expect_ping "the tunnel is clean: a new packet passes"

tunnel_up --esn --start 0xffffff00 --window 4096 --net 2 --spi 0x1002
record "$work/frames" 4000
"$wire" shuffle -r "$work/frames" -w "$work/turned" --reorder-exact 500 >/dev/null
sink_start gwB
mark gwB
inject "$work/turned"
expect_grown gwB "window 4096, blocks of 500 turned around" SA_UNSTARTED+SA_NEW=4000 \
	REPLAY_DUP+REPLAY_OLD=0 XfrmInStateProtoError=0
mark gwB
inject "$work/frames"
expect_grown gwB "all again" REPLAY_DUP=4000 XfrmInStateProtoError=0
expect_sink gwB 4000 "window 4096: all 4000 arrive, once"
finish
