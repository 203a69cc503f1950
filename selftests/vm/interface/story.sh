#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	gwB eth0:  |--- guarded ---|x  deleted  |=== new eth0: guarded again ===
#
# The untrusted interface vanishes, as a USB or a virtual NIC does, and another
# one of its name appears. xipsecd logs both and attaches again without being
# asked; windows belong to SAs, not to interfaces, so what was replayed before is
# still known.
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

net_up
guard_start gwB eth0
tunnel_up
expect_guarded "the first eth0"
gw gwB ip link del eth0
guard_wait gwB 'IF_GONE: interface=eth0'
expect_eq "$(guard_log_count gwB IF_GONE)" 1 "its end is logged"
expect "and told" eval 'engine gwB | grep -q "eth0: not attached"'

gw_link gwA eth0 gwB eth0 queues 2
wire_lines a b 1 2 198.51.100 203.0.113 "" | gw gwA ip -batch -
wire_lines b a 2 1 203.0.113 198.51.100 "" | gw gwB ip -batch -
guard_wait gwB 'ATTACHED: interface=eth0' 2
expect_eq "$(guard_log_count gwB 'IF_FOUND: interface=eth0')" 1 "its return is logged"
expect "and told" eval 'engine gwB | grep -q "eth0: attached, dispatcher"'
mark gwB
inject "$work/guarded"
expect_grown gwB "what was seen before" REPLAY_DUP+REPLAY_OLD=300
expect_guarded "the second eth0"
finish
