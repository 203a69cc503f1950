#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The demo of `make demo`, every claim a test: a tunnel that strongSwan keyed,
# a recording of it that is replayed, forged and flooded, a daemon that is
# killed, a rekey, and nothing left behind.  The drawing is the demo's first
# page; a run of it is in docs/demo.md.
set -uo pipefail

exec "$(dirname "$0")/../../demo/run" --here --tap
