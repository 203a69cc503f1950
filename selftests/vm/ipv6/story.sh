#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	gwA 2001:db8::1 ===== ESP | AH | ESP with IPv4 inside =====> 2001:db8::2 gwB
#
# The outer header is IPv6. ESP and AH are guarded as over IPv4, IPv4 in IPv6 too,
# and forged packets move nothing. Extension headers in front of AH or ESP are
# the job of the packet by packet tests (selftests/bpf); here the kernel's own
# XFRM has the last word on each packet.
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

net_up
guard_start gwB eth0
tunnel_up --v6
expect_guarded "ESP, IPv6 in IPv6"
tunnel_up --v6 --proto ah --spi 0x1002
expect_guarded "AH, IPv6 in IPv6"
tunnel_up --v6 --in4 --spi 0x1003 --net 2 --esn --window 4096 --start 0xffffff80
expect_guarded "ESP, IPv4 in IPv6, over the wrap of ESN" 400
finish
