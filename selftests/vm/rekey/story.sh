#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	SPI 0x1001: |=================|......|x             traffic |====|
#	SPI 0x1003:              |...|===================== both    |....|
#
# The tunnel is rekeyed while traffic runs: gwB has the new SA first, gwA changes
# over, the old SA goes after an overlap. Not one packet is lost and none is
# dropped. Replays of the old SA die as long as it lives, those of the new one
# too; when the old SA is deleted its window is gone and its SPI unknown.
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

net_up
guard_start gwB eth0
tunnel_up
record "$work/old" 200
sink_start gwB
mark gwB
inject "$work/old"
gw_bg gwA "$wire" udp-blast --src "$t_from" --dst "$t_to" --port 5000 --first 201 --count 3000 \
	--rate 250 --cpu 0 >"$work/blast"
blast=$!
wait_until 30 eval '(($(field top "$(window_of gwB 0x1001)") > 500))'
tunnel_set --spi 0x1003
{ sa_pair; policy_lines b; } | gw gwB ip -batch -
{ sa_pair; policy_lines a; } | gw gwA ip -batch -
wait_until 30 eval '(($(field top "$(window_of gwB 0x1003)") > 100))'
expect "gwA has changed over while the traffic runs" kill -0 $blast
inject "$work/old"
gw gwA ip xfrm state delete src "$t_src" dst "$t_dst" proto esp spi 0x1001
gw gwB ip xfrm state delete src "$t_src" dst "$t_dst" proto esp spi 0x1001
expect_eq "$(window_of gwB 0x1001)" "" "the old SA is gone from the map"
expect "the traffic still runs" kill -0 $blast
wait $blast
awaited=$((awaited + 3000))
expect_grown gwB "both SAs" SA_UNSTARTED=2 SA_NEW=3198 REPLAY_DUP+REPLAY_OLD=200 \
	XfrmInStateSeqError=0 XfrmInNoStates=0 NO_SA=0
expect_sink gwB 3200 "all 3200 arrive"
expect "and they are the numbers 1 to 3200" cmp <(sort -n "$work/gwB.sink") <(seq 3200)
expect_guarded "the new SA"
mark gwB
inject "$work/old" --count 100
expect_grown gwB "replays of the old SA" NO_SA=100 XfrmInNoStates=100
finish
