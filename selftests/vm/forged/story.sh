#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	gwA ---- odd numbers to 99 --------------------------> gwB   window 64: 36..99
#	  \____ forged: 1..100, then 10,000 far ahead ______/
#
# The attacker cannot make a valid integrity check value. Numbers that the window
# has or that lie below it die in XDP; the others have to be decrypted to be
# found out. None of them may move the window or mark a number in it: a forger
# could shut the tunnel that way. What the sender really sent still arrives, the
# even numbers that were forged before too.
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

net_up
guard_start gwB eth0
tunnel_up
record "$work/frames" 1200
sink_start gwB
mark gwB
inject "$work/frames" --range 0:99 --every 2/0
expect_grown gwB "the odd numbers" SA_UNSTARTED=1 SA_NEW=49
before=$(window_of gwB "$t_spi")
expect_eq "$(field top "$before") $(field size "$before")" "99 64" "the window is 36 to 99"

mark gwB
inject "$work/frames" --range 0:100 --flip-icv
expect_grown gwB "forged 1 to 100" REPLAY_OLD=35 REPLAY_DUP=32 SA_NEW=33 XfrmInStateProtoError=33
expect_eq "$(window_of gwB "$t_spi")" "$before" "the window is the same, bit for bit"

mark gwB
inject "$work/frames" --count 10000 --seq-set 1000000 --seq-step 131 --flip-icv
expect_grown gwB "10,000 far ahead" SA_NEW=10000 XfrmInStateProtoError=10000
expect_eq "$(window_of gwB "$t_spi")" "$before" "the window is the same, bit for bit"
expect_eq "$(sa_of gwB "$t_spi")" "packets=50 replay-window=0 replay=0 failed=10033 top=99" \
	"the kernel counts 10033 integrity failures and no replay"

mark gwB
inject "$work/frames" --range 35:98 --every 2/1
inject "$work/frames" --range 99:1099
expect_grown gwB "the real ones" SA_NEW=1032 REPLAY_DUP+REPLAY_OLD=0
expect_sink gwB 1082 "32 even numbers and 1000 new packets arrive"
expect_ping "the tunnel is clean: a new packet passes"
finish
