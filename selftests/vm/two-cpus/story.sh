#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	      CPU 0: 1 3 5 ...  twice \
#	gwA                            +==> gwB   one SA, two receive queues
#	      CPU 1: 2 4 6 ...  twice /
#
# Two CPUs feed one SA at the same time, each frame comes at least twice. Rounds
# of 4000 numbers fit the window of 4096, so nothing may be missing: every number
# is delivered exactly once. Then both send the very same frames against each
# other: whoever is first is delivered, the other one rejected, by XDP or, in the
# race before the window is marked, by the kernel (R-ARW-16).
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

(($(nproc) > 1)) || skip_all "needs two CPUs"
net_up
guard_start gwB eth0

# both FILE [options of CPU 0] -- [options of CPU 1]
both() {
	gw gwA bash -e -s -- "$wire" "$work" "$1" --src-mac $mac_a --dst-mac $mac_b "${@:2}" <<-'SHELL'
	wire=$1 work=$2 file=$3 zero=("${@:4:4}") one=("${@:4:4}")
	shift 7
	while [[ $1 != -- ]]; do zero+=("$1"); shift; done
	one+=("${@:2}")
	$wire send -i eth0 -r $file --cpu 0 "${zero[@]}" >$work/send0 &
	$wire send -i eth0 -r $file --cpu 1 "${one[@]}" >$work/send1 &
	wait
	SHELL
	awaited=$((awaited + $(value sent "$work/send0") + $(value sent "$work/send1")))
}

tunnel_up --window 4096
record "$work/frames" 20000
sink_start gwB
mark gwB
for ((from = 0; from < 20000; from += 4000)); do
	both "$work/frames" --range $from:$((from + 4000)) --every 2/0 --count 4000 -- \
		--range $from:$((from + 4000)) --every 2/1 --count 4000
	settle gwB
done
expect_grown gwB "odd and even" \
	SA_UNSTARTED+SA_NEW+REPLAY_DUP+REPLAY_OLD=40000 REPLAY_OLD=0 XfrmInStateProtoError=0 \
	REPLAY_DUP+XfrmInStateSeqError=20000
expect_sink gwB 20000 "each of the 20,000 numbers is delivered once"
expect "both queues had their share" gw gwB bash -c "
	ethtool -S eth0 | awk '/rx_queue_[01]_xdp_packets/ && \$2 >= 20000 { n++ } END { exit n != 2 }'"

tunnel_up --net 2 --spi 0x1002 --window 4096 --esn
record "$work/frames" 20000
sink_start gwB
mark gwB
both "$work/frames" --
expect_grown gwB "the same against each other" \
	REPLAY_DUP+REPLAY_OLD+XfrmInStateSeqError+XfrmInStateProtoError=20000
expect_sink gwB 20000 "each of the 20,000 numbers is delivered once"
finish
