#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	gwA -- 64 63 62 ... 1  128 127 ... 65 ... --> gwB (guarded)
#	   \______________ the same _______________-> gwC (not guarded)
#
# The wire turns every block of packets around. Blocks of the window's size are
# the most a window must bear: nothing is lost, neither with 64 nor with 4096.
# With blocks one packet larger the last of each is just outside. The kernel
# would reject exactly these, and so does XDP: gwC, which has the kernel alone,
# delivers the same numbers in the same order.
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

net_up --third
guard_start gwB eth0

# turned N SPAN OLD: N packets in reversed blocks of SPAN; OLD are outside.
turned() {
	local text="window $t_window, blocks of $2"
	record "$work/frames" "$1"
	"$wire" shuffle -r "$work/frames" -w "$work/turned" --reorder-exact "$2" >/dev/null
	sink_start gwB
	sink_start gwC
	mark gwC
	cable=eth1 inject "$work/turned"
	expect_grown gwC "$text, kernel alone" "XfrmInStateSeqError=$3"
	mark gwB
	inject "$work/turned"
	expect_grown gwB "$text, guarded" "SA_NEW+SA_UNSTARTED=$(($1 - $3))" \
		"REPLAY_OLD=$3" REPLAY_DUP=0 XfrmInStateSeqError=0
	expect_sink gwC $(($1 - $3)) "$text, kernel alone: $3 lost"
	expect_sink gwB $(($1 - $3)) "$text, guarded: $3 lost"
	expect "$text: the same numbers in the same order" cmp "$work/gwB.sink" "$work/gwC.sink"
}

tunnel_up
turned $((64 * 30)) 64 0
tunnel_up --net 2 --spi 0x1002
turned $((65 * 30)) 65 30
tunnel_up --net 3 --spi 0x1003 --window 4096
turned $((4096 * 3)) 4096 0
tunnel_up --net 2 --spi 0x1004 --window 4096
turned $((4097 * 2)) 4097 2
finish
