#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	gwA --- UDP 4500: ESP | IKE marker | keepalive ---> gwB
#
# Behind a NAT, ESP travels in UDP on port 4500, together with IKE and with
# keepalives (R-NAT-8). Replays of ESP die in XDP, from whatever source address,
# since a NAT may change it. IKE goes to its daemon, keepalives to the kernel, and
# what is none of the three is passed.
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

say() {
	printf "$1" | gw gwA socat -u - udp4-sendto:192.0.2.2:4500
	awaited=$((awaited + 1))
}

net_up
guard_start gwB eth0
tunnel_up --natt
expect_guarded "ESP in UDP"
mark gwB
inject "$work/guarded" --src 192.0.2.99
expect_grown gwB "replays from another address" REPLAY_DUP+REPLAY_OLD=300
mark gwB
for ((n = 0; n < 5; n++)); do
	say '\0\0\0\0IKE for the daemon'
done
say '\xff'
say 'abc'
expect_grown gwB "the rest of UDP 4500" IKE=5 KEEPALIVE=1 NATT_OTHER=1 NO_SA=0
expect "the daemon gets its five" \
	eval '(($(grep -c "^00000000$(printf IKE | od -An -tx1 | tr -d " ")" "$work/natt.gwB") == 5))'
finish
