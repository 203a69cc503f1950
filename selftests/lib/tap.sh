# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# tap.sh - TAP for tests written in bash:
#
#	. selftests/lib/tap.sh
#	wait_until 10 ping -c1 -W1 10.0.0.2
#	ok "the other side answers"
#	expect "the SA is there" ip xfrm state get ...
#	expect_eq "$(counter drops)" 3 "three replays dropped"
#	finish
#
# The plan is printed by finish unless given before, so a script that dies half
# way has none and is not taken for a success.  Exit: 0 passed, 1 failed, 4 all
# skipped.

tap_count=0 tap_failed=0 tap_skipped=0 tap_planned=''

# Output of the command being judged.  A file without a name rather than $(),
# so the command runs in this shell (it may set variables) and a daemon it
# leaves behind keeps nobody waiting.
tap_file=$(mktemp) && exec {tap_fd}<>"$tap_file" && rm -f "$tap_file"
tap_file=/proc/$$/fd/$tap_fd

# Nothing ever comes out of it: waiting without a process, which a guest without KVM
# would rather spend on what is waited for.
exec {tap_pause}<> <(:)

# plan N: how many results will follow.
plan() {
	tap_planned=$1
	echo "1..$1"
}

# diag TEXT or diag < FILE: what a reader of a failure wants to know.
diag() {
	if (($#)); then
		diag <<<"$*"
	else
		sed 's/^/# /'
	fi
}

ok() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $*"
}

not_ok() {
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $*"
	diag "at ${BASH_SOURCE[-1]##*/}:${BASH_LINENO[-2]}"
}

# skip WHY: one result that cannot be had here.
skip() {
	tap_count=$((tap_count + 1))
	tap_skipped=$((tap_skipped + 1))
	echo "ok $tap_count # SKIP $*"
}

# skip_all WHY: the whole script.
skip_all() {
	echo "1..0 # SKIP $*"
	exit 4
}

# bail WHY: the ground is missing, going on proves nothing.
bail() {
	echo "Bail out! $*"
	exit 1
}

expect_eq() {
	local got=$1 want=$2
	shift 2
	if [[ $got == "$want" ]]; then
		ok "$*"
	else
		not_ok "$*"
		diag "got:  $got"
		diag "want: $want"
		return 0
	fi
}

# expect DESCRIPTION COMMAND...: passes when COMMAND does.
expect() {
	local description=$1 status=0
	shift
	"$@" >"$tap_file" 2>&1 || status=$?
	if ((status == 0)); then
		ok "$description"
	else
		not_ok "$description"
		diag "$* (exit status $status)"
		diag <"$tap_file"
	fi
}

# expect_not DESCRIPTION COMMAND...: passes when COMMAND fails.
expect_not() {
	local description=$1
	shift
	if "$@" >"$tap_file" 2>&1; then
		not_ok "$description"
		diag "$* (succeeded)"
		diag <"$tap_file"
	else
		ok "$description"
	fi
}

# wait_until SECONDS COMMAND...: poll until COMMAND succeeds; a failing test
# waits SECONDS, a passing one only as long as it takes.
wait_until() {
	local end=$((SECONDS + $1 + 1))
	shift
	until "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || return 1
		read -r -t 0.1 -u "$tap_pause" || true
	done
}

# expect_within SECONDS DESCRIPTION COMMAND...
expect_within() {
	local seconds=$1 description=$2
	shift 2
	if wait_until "$seconds" "$@"; then
		ok "$description"
	else
		expect "$description" "$@"	# for its diagnostics, and a last chance
	fi
}

finish() {
	[[ -n $tap_planned ]] || echo "1..$tap_count"
	if [[ -n $tap_planned && $tap_planned != "$tap_count" ]]; then
		diag "planned $tap_planned results, got $tap_count"
		exit 1
	fi
	((tap_failed == 0)) || exit 1
	((tap_count > tap_skipped)) || exit 4
	exit 0
}
