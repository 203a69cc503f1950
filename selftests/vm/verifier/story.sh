#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	xi_outer, xi_mirror, ... --> the verifier of this kernel --> instructions
#
# Each program loads on this kernel series, and the number of instructions that
# the verifier walks for it stays near the recorded one: a jump means that a small
# change made the program nearly too large, on the kernel where it matters.
# selftests/bpf/test_verifier.c tells the rest.
set -euo pipefail
cd "$(dirname "$0")/../../.."
# cmocka prints a skipped test as "not ok N # SKIP".
CMOCKA_MESSAGE_OUTPUT=TAP build/selftests/bpf/test_verifier 2>&1 |
	sed 's/^not ok \(.*# SKIP\)/ok \1/'
