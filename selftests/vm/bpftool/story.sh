#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	gwB# bpftool map dump pinned /sys/fs/bpf/xipsec/xi_window
#	     "value": { "epoch": ..., "top": 300, "size": 64, ...
#
# The maps describe themselves (BTF): without any tool of ours an administrator
# reads windows and counters by the names of their fields, and they are the
# numbers that the kernel and `xipsec show` tell.
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

net_up
guard_start gwB eth0
tunnel_up
expect_guarded "traffic"
gw gwB bpftool map dump pinned $pins/xi_window >"$work/dump"
for name in daddr spi proto family state epoch top size mask flags cookie bits drop; do
	expect "xi_window has a field '$name'" grep -q "\"$name\": " "$work/dump"
done
expect "its top is 300" grep -q '"top": 300,' "$work/dump"
expect_eq "$(field top "$(sa_of gwB $t_spi)")" 300 "as the kernel's"
expect "its size is 64" grep -q '"size": 64,' "$work/dump"
gw gwB bpftool map dump pinned $pins/xi_window >"$work/dump"
expect "duplicates and old ones" eval \
	'grep -q "\"duplicate\": 64," "$work/dump" && grep -q "\"too_old\": 236," "$work/dump"'
for map in xi_reason xi_config xi_local xi_source; do
	expect "$map can be dumped" gw gwB bpftool map dump pinned $pins/$map
done
expect "xipsec: 300 replays" eval \
	'gw gwB "$repo/build/xipsec" show crypto ipsec sa detail | grep -q "#pkts replay failed.* 300"'
finish
