#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	gwA:  old ---- reload ---x kill -9 at netlink write 1, 2, 3 ... --- start --- new
#	traffic: ==============================================================
#
# The daemon is killed at every write of a reload that changes something in the kernel.
# Whatever is half done then, the next start makes of it what a start from nothing
# makes. Objects of others stay, a tunnel that old and new have in common carries on,
# and nothing that both protect is ever clear on the wire.
set -euo pipefail
# shellcheck source=selftests/vm/reload-kill/parts.sh
. "$(dirname "$0")/parts.sh"

arrives() {	# through the tunnel that old and new share
	local sink
	gw_bg hostB "$wire" udp-sink --bind 10.2.0.10 --port 5010 --count 5 --idle 20 \
		--out "$work/sink" --ready "$work/sink.ready" >"$work/got"
	sink=$!
	wait_until 30 test -e "$work/sink.ready"
	wait $sink || true
	rm -f "$work/sink.ready"
	[[ $(value received "$work/got") == 5 ]]
}

# kill_reload N WHEN: 0: it died and all was well again; 1: it lived; 2: not well.
kill_reload() {
	arm "$1" "$2"
	! config_reload gwA "$work/new.ios" >"$work/words" 2>&1 || return 1
	wait_until 30 eval '! config_alive gwA' || {
		not_ok "a reload fails without a death, write $1"
		diag <"$work/words"
		return 2
	}
	again "$work/new.ios" "$work/want.new" "killed $2 write $1 of a reload" || return 2
	arrives || { not_ok "killed $2 write $1: traffic flows"; return 2; }
	config_reload gwA "$work/old.ios" >"$work/words" 2>&1 && return 0
	not_ok "killed $2 write $1: and back"
	diag <"$work/words"
	return 2
}

# --- what is wanted ----------------------------------------------------------

kill_net
start "$work/new.ios" || bail "gwA does not start"
state gwA >"$work/want.new"
expect "a reload of nothing takes all of ours away" config_reload gwA "$work/empty.ios"
expect "and nothing of others" same "$work/none" "nothing of others"
guard_stop gwA
start "$work/old.ios" || bail "gwA does not start"
state gwA >"$work/want.old"
expect_not "old and new differ" cmp -s "$work/want.old" "$work/want.new"

# --- reloads -----------------------------------------------------------------

for port in 5010 5020 5025; do
	gw_bg hostA "$wire" udp-blast --src 10.1.0.10 --dst 10.2.0.10 --port $port --rate 10 \
		--count 1000000 >/dev/null
	disown $!
done
expect "traffic flows" arrives
wire_start clear --dst 10.2.0.10 --promisc
: >"$fault_dir/log"
expect "an undisturbed reload" config_reload gwA "$work/new.ios"
expect "gives what a start from nothing gives" same "$work/want.new" "undisturbed"
writes=$(awk '$3 > 0' "$fault_dir/log" | wc -l)
rm "$fault_dir/log"
expect "and back" config_reload gwA "$work/old.ios"

# Each takes a start, seconds under emulation: a kernel does every second one, and the
# other kernel the rest. With XI_KILL_ALL=1 it does all.
first=1 step=2
[[ $(uname -r) != 6.1.* ]] || first=2
[[ -z ${XI_KILL_ALL:-} ]] || first=1 step=1
status=0 killed=0
((first == 2)) || kill_reload 1 before || status=$?
for ((n = first; status == 0; n += step)); do
	kill_reload $n after || status=$?
	((status)) || killed=$((killed + 1))
done
expect_eq "$status $killed" "1 $(((writes - first) / step + 1))" \
	"killed at $killed of $writes writes, each time the next start repaired it"
expect "at last all is as it was" same "$work/want.new" "new"
gw hostA "$wire" udp-blast --src 10.1.0.10 --dst 10.2.0.10 --port 7000 --count 3 >"$work/blast"
wire_stop clear
expect_eq "$(on_wire clear udp port 7000)" 3 "what is not protected is seen on the wire"
expect_eq "$(on_wire clear not port 7000)" 0 "nothing of three flows was ever clear there"
finish
