#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	gwA:  nothing ---- start ---x kill -9 at netlink write 1, 2, 3 ... --- start --- old
#
# As reload-kill, for a start: the daemon is killed at every write that changes
# something in the kernel, its attachment to the interface too, and the next start
# makes of it what an undisturbed one makes.
set -euo pipefail
# shellcheck source=selftests/vm/reload-kill/parts.sh
. "$(dirname "$0")/../reload-kill/parts.sh"

kill_net
touch "$fault_dir/log"
start "$work/old.ios" || bail "gwA does not start"
writes=$(awk '$3 > 0' "$fault_dir/log" | wc -l)
rm "$fault_dir/log"
state gwA >"$work/want.old"

# Each from nothing of ours in the kernel, though what XDP has stays.
for ((n = 1; n <= writes; n++)); do
	config_reload gwA "$work/empty.ios" >"$work/words" 2>&1 || { diag <"$work/words"; break; }
	guard_stop gwA
	arm $n after
	if start "$work/old.ios"; then
		break
	fi
	again "$work/old.ios" "$work/want.old" "killed after write $n" || break
done
# The first start attached to the interface, later ones find that done: fewer writes.
expect "killed at each of $((n - 1)) writes, each time the next start repaired it" \
	same "$work/want.old" "at last"
expect "they were all but what attaches" test $((n - 1)) -ge $((writes - 3))
expect "a reload of nothing takes all away" config_reload gwA "$work/empty.ios"
expect "and nothing of others" same "$work/none" "nothing of others"
finish
