#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Two strongSwan gateways, IKEv2 with a pre-shared key, ESP in tunnel mode.
# No xipsec in it: this story proves that the ground the others stand on
# (guest kernel, namespaces, the peer's daemon) carries a tunnel at all.
# A ping between the protected networks starts unprotected and must fail, the
# tunnel is brought up, the ping must pass and the wire show only ESP.
#
#	10.1.0.1 lo west 192.0.2.1 ====== 192.0.2.2 east lo 10.2.0.1
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=selftests/lib/tap.sh
. "$here/../../lib/tap.sh"
# shellcheck source=selftests/lib/gw.sh
. "$here/../../lib/gw.sh"

modprobe -q esp4 2>/dev/null || ip xfrm state count >/dev/null 2>&1 || skip_all "a kernel without ESP"

gw_new west east
gw_link west eth0 east eth0
gw_addr west eth0 192.0.2.1/24
gw_addr east eth0 192.0.2.2/24
gw_addr west lo 10.1.0.1/32
gw_addr east lo 10.2.0.1/32
# Routes let strongSwan's policies match; without a policy the far side refuses.
gw_route west 10.2.0.0/24 via 192.0.2.2 src 10.1.0.1
gw_route east unreachable 10.1.0.0/24

expect_not "no tunnel, no way" gw west ping -c1 -W1 10.2.0.1

expect "strongSwan starts in the west" gw_swan west "$here/west"
expect "strongSwan starts in the east" gw_swan east "$here/east"
expect "the west reads its configuration" gw_swan_load west
expect "the east reads its configuration" gw_swan_load east
expect "IKEv2 brings the tunnel up" gw_swan_initiate west net

# Outgoing only: what comes in is seen a second time after decryption.  Neither
# IKE nor the IPv6 neighbourhood's chatter is of interest.
for name in west east; do
	gw_bg $name tcpdump -n -i eth0 -Q out -w /run/wire.pcap -U -c 3 'ip and not udp' >/dev/null 2>&1
	expect_within 20 "tcpdump listens in the $name" gw $name test -s /run/wire.pcap
done
expect "ping passes through the tunnel" gw west ping -c3 -i 0.2 -W5 10.2.0.1

# shellcheck disable=SC2317	# called by expect_within
left() { gw "$1" tcpdump -n -r /run/wire.pcap | grep -c 'ESP(spi=' | grep -qx 3; }
for name in west east; do
	expect_within 10 "three ESP packets left the $name, nothing else" left $name
done
expect_eq "$(gw west ip xfrm state | grep -c 'proto esp')" 2 "one SA for each direction"
finish
