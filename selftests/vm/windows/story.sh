#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	numbers:  1 ... 40 | 41 ... 40 + W          replayed, all of them
#	              old  |  duplicates
#
# The window in XDP is the kernel's, no smaller and no larger, for each size that
# can be set: of W + 40 replayed packets exactly 40 are too old and W duplicates.
# With the check disabled (window 0) nothing is ours to judge: replays reach the
# kernel, which takes them.
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

net_up
guard_start gwB eth0
for window in 32 64 100 1024 4096; do
	tunnel_up --window $window --spi $((0x1000 + window))
	record "$work/frames" $((window + 40))
	sink_start gwB
	mark gwB
	inject "$work/frames"
	inject "$work/frames"
	expect_grown gwB "window $window" REPLAY_OLD=40 REPLAY_DUP=$window XfrmInStateSeqError=0
	expect_sink gwB $((window + 40)) "window $window: each packet arrives once"
	expect_eq "$(field size "$(window_of gwB "$t_spi")")" $window "window $window in the map"
done

tunnel_up --window 0 --spi 0x1000
record "$work/frames" 100
sink_start gwB
mark gwB
inject "$work/frames"
inject "$work/frames"
expect_grown gwB "disabled" SA_NO_WINDOW=200 REPLAY_DUP+REPLAY_OLD=0
sink_stop gwB
expect_eq "$(value received "$work/gwB.sinklog")" 200 "disabled: the kernel takes replays"
finish
