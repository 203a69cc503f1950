#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	        lost, doubled,       +--> gwB (guarded)   --> numbers delivered
#	gwA --- out of order --------+                         ||  equal?
#	        200,000 packets      +--> gwC (kernel only) -> numbers delivered
#
# Two receivers have the same SA and get the same frames from a bad wire: one in
# fifty is lost, one in twenty doubled, one in five displaced, some by more than
# the window. XDP may drop only what the kernel would: the numbers that come out
# of both tunnels are the same in the same order, and gwB's XDP and kernel reject
# together what gwC's kernel does (with ESN, a number below the window is taken
# for one of the next epoch, RFC 4303 A2.2, and fails its integrity check).
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

net_up --third
guard_start gwB eth0

# bad_wire N TEXT: displaced by up to one and a half windows.
bad_wire() {
	local alone left errors=XfrmInStateSeqError+XfrmInStateProtoError
	record "$work/frames" "$1"
	"$wire" shuffle -r "$work/frames" -w "$work/bad" --seed "$1" --loss 20 --dup 50 \
		--dup-lag $((t_window * 2)) --reorder 200 --reorder-span $((t_window * 3 / 2)) \
		>"$work/shuffle"
	diag "$2: $(tail -n 1 "$work/shuffle")"
	sink_start gwB
	sink_start gwC
	mark gwC
	cable=eth1 inject "$work/bad"
	settle gwC
	alone=$(grown gwC $errors)
	expect "$2: the kernel alone rejects $alone, many" test "$alone" -gt $(($1 / 50))
	mark gwB
	inject "$work/bad"
	expect_grown gwB "$2" "REPLAY_DUP+REPLAY_OLD+$errors=$alone" SEQ_ZERO=0
	# XDP sees the frames of one poll before XFRM has the first: a copy in the same batch, or
	# a number that the batch pushes out of an ESN window, may be left to the kernel (R-ARW-16).
	expect "$2: nearly all of them in XDP" \
		test "$(grown gwB XfrmInStateSeqError)" -le $((alone / 100))
	left=$(($(grown gwC XfrmInStateProtoError) - $(grown gwB XfrmInStateProtoError)))
	expect "$2: as many refused by their integrity check" test ${left#-} -le $((alone / 100))
	sink_stop gwB
	sink_stop gwC
	expect_eq "$(wc -l <"$work/gwB.sink")" $(($(value out "$work/shuffle") - alone)) \
		"$2: all others are delivered"
	expect "$2: the same numbers in the same order" cmp "$work/gwB.sink" "$work/gwC.sink"
}

tunnel_up
bad_wire 100000 "window 64"
tunnel_up --net 2 --spi 0x1002 --window 1024
bad_wire 60000 "window 1024"
tunnel_up --net 3 --spi 0x1003 --window 4096 --esn --start 0xffffb000
bad_wire 40000 "window 4096, ESN, over the wrap"
finish
