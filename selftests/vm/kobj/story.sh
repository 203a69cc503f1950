#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	wanted objects --> kernel --> found objects
#	     ^                             |
#	     +------- no difference -------+	and what others made stays
#
# Everything that a configuration may become is put into the kernel, found again
# as the same, changed, and taken away: XFRM interfaces, ESP with AES-CBC and
# AES-GCM, AH, both around each other, IPv6, NAT-T, policies, routes and rules. An
# SA that is replaced goes on with its sequence numbers, both ways. The tests are
# those of make check; here the kernel has what they need.
set -euo pipefail
# shellcheck source=selftests/lib/tap.sh
. "$(dirname "$0")/../../lib/tap.sh"
tests=$(cd "$(dirname "$0")/../../.." && pwd)/build/selftests/unit/kernel
export CMOCKA_MESSAGE_OUTPUT=TAP
log=$(mktemp)

# Nothing is skipped here but what asks for a kernel without ESP.
tell() {	# TEST
	local line name
	timeout 200 "$tests/$1" >"$log" 2>&1 || true
	while read -r line; do
		name=${line##*[0-9] }
		name=${name#- }
		case $line in
		*'# SKIP'*missing_modules*) ;;
		'ok '*[0-9]' - '*) ok "$name" ;;
		*'ok '*[0-9]*) not_ok "$name"; diag <"$log" ;;
		esac
	done < <(grep -E '^(not )?ok ' "$log")
	expect_eq "$(grep -cE '^(not )?ok ' "$log")" "$(sed -n 's/^1\.\.//p' "$log")" "$1: all told"
}

tell test_kobj_nl
tell test_kobj_esp
rm -f "$log"
finish
