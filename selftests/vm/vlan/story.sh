#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	gwA eth0.5 ==== tagged: 802.1Q 5 | 5 in 802.1ad ====> gwB eth0 -> eth0.5
#	                                           xipsecd on: ^ 1.     ^ 2.
#
# The untrusted network is a VLAN. With xipsecd on the parent device XDP looks
# behind the tag, and behind two; with xipsecd on the VLAN device, which has no
# native XDP, it runs in generic mode and says so. Replays die in both.
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

net_up --vlan 5
guard_start gwB eth0
tunnel_up
expect_guarded "xipsecd on the parent" 300 --vlan 5
mark gwB
inject "$work/guarded" --vlan 7,5 --outer-type 88a8
expect_grown gwB "replays behind two tags" REPLAY_DUP+REPLAY_OLD=300
expect_ping "the tunnel is clean: a new packet passes"
guard_detach gwB

guard_start gwB eth0.5
tunnel_up --net 2 --spi 0x1002
expect_guarded "xipsecd on the VLAN device" 300 --vlan 5
expect "generic mode is told" eval 'engine gwB | grep -q "eth0.5: attached, .*generic mode"'
finish
