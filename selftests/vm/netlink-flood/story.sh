#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	ip -batch: add 12,000 SAs, delete 11,000 ---> netlink ---> xipsecd (stopped)
#	                                                  x buffer full: ENOBUFS
#
# SAs come and go faster than a stopped daemon can follow, and the kernel throws
# away what its socket cannot hold. When the daemon runs again it notices the loss
# and looks at the whole SAD: what it and the map hold is what the kernel has.
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

sas() {
	gw gwB "$repo/build/xipsec" --json show crypto engine |
		sed -n "s/.*\"$1\": \([0-9]*\).*/\1/p"
}
in_step() {
	[[ $(sas inbound) == "$1" && $(sas windows) == "$1" ]]
}

net_up
# Room for all that come at once: what finds no place would be left to the kernel.
guard_start gwB eth0 --max-sa 16000
tunnel_up
kill -STOP "${guard_pid[gwB]}"
tunnel_set --net 2
for ((spi = 0x10000; spi < 0x10000 + 12000; spi++)); do
	echo "xfrm state add src $t_src dst $t_dst proto esp spi $spi mode tunnel replay-window 64" \
		"aead rfc4106(gcm(aes)) 0x00112233445566778899aabbccddeeff00112233 128"
done >"$work/add"
for ((spi = 0x10000; spi < 0x10000 + 11000; spi++)); do
	echo "xfrm state delete src $t_src dst $t_dst proto esp spi $spi"
done >"$work/delete"
gw gwB ip -batch "$work/add"
gw gwB ip -batch "$work/delete"
kill -CONT "${guard_pid[gwB]}"
expect_within 60 "the daemon and the map hold the kernel's 1001 inbound SAs" in_step 1001
expect "it has lost events and noticed" test "$(sas lost-events)" -gt 0
expect "so many the kernel has, and one outbound" eval \
	'gw gwB ip xfrm state count | grep -q "SAD count 1002"'
tunnel_set
expect_guarded "the tunnel"
finish
