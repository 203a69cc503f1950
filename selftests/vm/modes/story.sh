#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	gwB eth0:  XDP native | XDP generic | [ xdp-filter, xi_outer ] in one dispatcher
#
# The program runs in the driver where that has XDP, else, or if told so, on the
# kernel's buffers; and beside another XDP program through the dispatcher of
# libxdp. Each way replays die, and `show crypto engine` says which it is. The
# other program stays when ours is taken off.
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

filter_there() {
	gw gwB xdp-loader status eth0 | grep -q xdpfilt
}

# told TEXT: what the operator reads of eth0
told() {
	expect_eq "$(engine gwB | grep eth0:)" "  eth0: attached, $1" "told: $1"
}

net_up
guard_start gwB eth0 --xdp-mode native
told "dispatcher, native mode"
tunnel_up
expect_guarded "native"
guard_detach gwB

guard_start gwB eth0 --xdp-mode generic
told "dispatcher, generic mode"
tunnel_up --net 2 --spi 0x1002
expect_guarded "generic"
guard_detach gwB

gw gwB xdp-filter load --mode native eth0
expect "xdp-filter is there" filter_there
guard_start gwB eth0
told "dispatcher, native mode"
expect "xdp-filter is still there" filter_there
tunnel_up --net 3 --spi 0x1003
expect_guarded "beside xdp-filter"
guard_detach gwB
expect "xdp-filter stays when xipsecd goes" filter_there
expect_not "xi_outer does not" eval 'gw gwB xdp-loader status eth0 | grep -q xi_outer'
finish
