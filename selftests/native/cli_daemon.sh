#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The client at a terminal and xipsecd together: the modes of configuration, what
# is saved and loaded again, the master key. No ESP is needed.
#
#	test -- pty -- xipsec -- control.sock -- xipsecd, in a gateway of its own
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
. selftests/lib/tap.sh
. selftests/lib/gw.sh

O=${O:-build}
gw_new gw || bail "no namespaces"
# The master key is kept in /etc: not in the machine's.
gw gw sh -c 'mkdir -p /run/etc/up /run/etc/work /run/conf && mount -t overlay overlay \
	-o lowerdir=/etc,upperdir=/run/etc/up,workdir=/run/etc/work /etc && mkdir -p -m 700 /etc/xipsec &&
	printf "hostname West\n" >/run/conf/startup-config && chmod 600 /run/conf/startup-config' ||
	bail "no file system of its own"
gw gw "$O/xipsecd" -c /run/conf/startup-config || bail "xipsecd does not start"
gw gw python3 selftests/native/cli.py "$O/xipsec" /run/xipsec /run/conf/startup-config
rc=$?
gw gw "$O/xipsecd" --detach
exit $rc
