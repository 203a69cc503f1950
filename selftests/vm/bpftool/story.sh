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
dump=$(gw gwB bpftool map dump pinned $pins/xi_window)
for name in daddr spi proto family epoch top size mask flags cookie bits; do
	expect "xi_window has a field '$name'" grep -q "\"$name\": " <<<"$dump"
done
expect "its top is 300" grep -q '"top": 300,' <<<"$dump"
expect_eq "$(field top "$(sa_of gwB "$t_spi")")" 300 "as the kernel's"
expect "its size is 64" grep -q '"size": 64,' <<<"$dump"
dump=$(gw gwB bpftool map dump pinned $pins/xi_sa_drop)
expect "xi_sa_drop: duplicates and old ones" eval \
	'grep -q "\"duplicate\": 64," <<<"$dump" && grep -q "\"too_old\": 236," <<<"$dump"'
for map in xi_reason xi_config xi_local xi_source; do
	expect "$map can be dumped" gw gwB bpftool map dump pinned $pins/$map
done
expect "xipsec: 300 replays" eval \
	'gw gwB "$repo/build/xipsec" show crypto ipsec sa detail | grep -q "#pkts replay failed.* 300"'
finish
