#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# xipsec at a terminal, in a pipe and with a command, against a control socket
# of the test's own: prompts, `?`, Tab, abbreviations, the `^` marker, modes of
# configuration, questions, pipes, --More--, the shell's completion.
#
#	test -- pty -- xipsec -- control.sock -- fake daemon (cli.py)
set -u
cd "$(dirname "$0")/../.." || exit
exec python3 selftests/native/cli.py "${O:-build}/xipsec"
