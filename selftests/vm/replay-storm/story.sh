#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	gwA ---- tunnel, 1,000 packets ----> gwB
#	  \____ the same frames, 100 times __x (XDP)
#
# An attacker recorded a live SA and sends it all again, 100,000 frames, as they
# are. Each one dies in XDP, as a duplicate or as too old; the kernel sees none
# of them, its replay counters do not move. The tunnel goes on as if nothing had
# been; the operator reads one line, not 100,000.
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

net_up
guard_start gwB eth0
tunnel_up
record "$work/frames" 1000
sink_start gwB
mark gwB
inject "$work/frames"
expect_grown gwB "the tunnel" SA_UNSTARTED=1 SA_NEW=999
expect_sink gwB 1000 "all 1000 arrive"

mark gwB
before=$(window_of gwB "$t_spi")
inject "$work/frames" --count 100000
expect_grown gwB "the storm" REPLAY_DUP+REPLAY_OLD=100000 REPLAY_DUP=6400 SA_NEW=0 \
	XfrmInStateSeqError=0 XfrmInNoStates=0 XfrmInStateProtoError=0
expect_eq "$(sa_of gwB "$t_spi")" "packets=1000 replay-window=0 replay=0 failed=0 top=1000" \
	"the kernel's SA has seen nothing of it"
expect_eq "$(window_of gwB "$t_spi")" "$before" "the window is the same, bit for bit"
expect_eq "$(guard_log_count gwB '%CRYPTO-4-PKT_REPLAY_ERR: decrypt: replay check failed connection id=[1-9][0-9]*, sequence number=[0-9]*$')" \
	1 "one line is logged"
expect_ping "the tunnel is clean: a new packet passes"
finish
