#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	packets:  1 ............ 5000 | xipsecd starts | 5001 ...... 6000
#	window:                            none yet     [4938 .. 5001] -->
#
# xipsecd comes to a tunnel that has been in use for long. What it has not seen it
# does not judge: the window begins at the kernel's number with nothing marked, so
# nothing is lost. Replays from below the window die at once; those of the 63
# numbers before the start are still left to the kernel, which rejects them.
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

net_up
tunnel_up
record "$work/frames" 6000
sink_start gwB
inject "$work/frames" --range 0:5000
guard_start gwB eth0
expect_eq "$(field epoch "$(window_of gwB "$t_spi")") $(field size "$(window_of gwB "$t_spi")")" "0 64" \
	"the SA is in the map, its window not started"
mark gwB
inject "$work/frames" --range 5000:5001
expect_grown gwB "the next packet" SA_UNSTARTED=1
expect_eq "$(field top "$(window_of gwB "$t_spi")")" "$(field top "$(sa_of gwB "$t_spi")")" \
	"the window starts at the kernel's top"
mark gwB
inject "$work/frames" --range 0:5000
expect_grown gwB "replays of what came before" REPLAY_OLD=4937 SA_NEW=63 XfrmInStateSeqError=63
mark gwB
inject "$work/frames" --range 5001:6000
inject "$work/frames"
expect_grown gwB "from now on" SA_NEW=999 REPLAY_OLD=5936 REPLAY_DUP=64 XfrmInStateSeqError=0
expect_sink gwB 6000 "all 6000 arrive, once"
finish
