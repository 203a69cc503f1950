#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# xipsecd on the running kernel, without ESP: start, stop, death, adoption,
# interfaces that come and go, what it says when something is missing.
#
#	gw: u0 ---- u1 :peer	(u0 guarded; the peer sends what the counters count)
set -uo pipefail
cd "$(dirname "$0")/../.."
. selftests/lib/tap.sh
. selftests/lib/gw.sh

daemon=$PWD/build/xipsecd
client=$PWD/build/xipsec
log=$(mktemp)

gw_new gw peer || bail "no namespaces"
gw_link gw u0 peer u1
gw_addr gw u0 192.0.2.1/24
gw_addr peer u1 192.0.2.2/24

start() {	# [OPTIONS]: in the background, ready when the control socket answers
	gw gw "$daemon" -i u0 "$@" 2>"$log"
}
pid() { gw gw cat /run/xipsec/xipsecd.pid; }
# Others may load programs meanwhile: only what sits on the guarded interface is ours.
programs() { gw gw ip link show u0 | sed -nE 's/.*prog.xdp[a-z]* id ([0-9]+).*/\1/p'; }
gone() { ! bpftool prog show id "$1" >/dev/null 2>&1; }
json() { gw gw "$client" --json "$@"; }
packets() {	# REASON: how often it was counted
	json show crypto drops all | python3 -c '
import json, sys
print(sum(r["packets"] for r in json.load(sys.stdin)["reasons"] if r["reason"] == sys.argv[1]))' "$1"
}
hook() { json show crypto engine | python3 -c 'import json, sys; print(json.load(sys.stdin)["interfaces"][0]["hook"])'; }
# Some kernels put files of their own (maps.debug) into every BPF file system.
no_pins() { ! gw gw ls /sys/fs/bpf | grep -qE '^x'; }
dies() { ! kill -0 "$1" 2>/dev/null; }

# says STATUS TEXT COMMAND...: exit status, one line on stderr, and what is in it.
says() {
	local status=$1 text=$2 out rc=0
	shift 2
	out=$("$@" 2>&1 >/dev/null) || rc=$?
	if [[ $rc == "$status" && $out == *"$text"* && $out != *$'\n'* ]]; then
		ok "says '$text', exit $status"
	else
		not_ok "says '$text', exit $status"
		diag "exit $rc: $out"
	fi
}

says 1 "/no/such/file: cannot open" gw gw "$daemon" -c /no/such/file
says 2 "unknown option" gw gw "$daemon" -i u0 --fast
says 2 "unknown word" gw gw "$daemon" -i u0 --xdp-mode fast
says 1 "must be root" gw gw setpriv --reuid 65534 --clear-groups --bounding-set -all "$daemon" -f -i u0 -R /tmp/xipsec-nobody
rmdir /tmp/xipsec-nobody 2>/dev/null
gw gw umount /sys/fs/bpf
says 1 "mount -t bpf bpf /sys/fs/bpf" gw gw "$daemon" -i u0
gw gw mount -t bpf bpf /sys/fs/bpf
expect "a start that failed leaves no pin" no_pins
says 1 "no daemon answers" gw gw "$client" show crypto engine

expect "starts and returns when ready" start
says 1 "xipsecd runs already" gw gw "$daemon" -i u0
expect_eq "$(hook | grep -cE 'plain|dispatcher')" 1 "attached"
gw peer ping -q -c 5 -i 0.01 192.0.2.1 >/dev/null
expect "clear traffic is counted" test "$(packets not-ipsec)" -ge 5

first=$(programs)
old=$(pid)
kill -9 "$old"
wait_until 5 dies "$old"
expect_eq "$(programs)" "$first" "killed: programs stay"
gw peer ping -q -c 5 -i 0.01 192.0.2.1 >/dev/null
expect "starts again after a kill" start
expect_eq "$(programs)" "$first" "adopts the same programs"
expect "counters went on" test "$(packets not-ipsec)" -ge 10
expect "says that it adopted" grep -q true <(json show crypto engine | grep adopted)

gw gw ip link del u0
wait_until 5 eval '[[ $(hook) == none ]]'
expect_eq "$(hook)" none "interface gone: noticed"
gw_link gw u0 peer u1
wait_until 10 eval '[[ $(hook) != none ]]'
expect "interface back: attached again" test "$(hook)" != none
gw gw ip link set dev u0 xdp off 2>/dev/null
gw gw ip link set dev u0 xdpgeneric off 2>/dev/null
wait_until 10 eval 'gw gw ip link show u0 | grep -q xdp'
expect "taken off by somebody: attached again" grep -q xdp <(gw gw ip link show u0)

expect "clear crypto counters" gw gw "$client" clear crypto counters
expect "counters cleared" test "$(packets not-ipsec)" -lt 5

last=$(programs)
gw gw ip link add w0 type veth peer name w1
gw gw ip link set w0 up
expect "a second interface" eval 'kill "$(pid)"; wait_until 5 eval "! gw gw test -e /run/xipsec/xipsecd.pid"; start w0'
expect "guarded too" grep -q xdp <(gw gw ip link show w0)
expect "named no more" eval 'kill "$(pid)"; wait_until 5 eval "! gw gw test -e /run/xipsec/xipsecd.pid"; start'
expect "guarded no more" eval '! gw gw ip link show w0 | grep -q xdp'
gw gw ip link set u0 down
gw gw ip link set u0 name lan0
wait_until 5 eval '[[ $(hook) == none ]]'
expect "renamed: let go" eval '! gw gw ip link show lan0 | grep -q xdp'
gw gw ip link set lan0 name u0
gw gw ip link set u0 up
wait_until 5 eval '[[ $(hook) != none ]]'
expect "named back: attached" grep -q xdp <(gw gw ip link show u0)

says 1 "another xipsecd works with these pins" gw gw "$daemon" -i u0 -R /run/other
says 1 "another xipsecd works with these pins" gw gw "$daemon" --detach -R /run/other
expect "and nothing happened to the first" grep -q xdp <(gw gw ip link show u0)
kill "$(pid)"
wait_until 5 eval '! gw gw test -e /run/xipsec/xipsecd.pid'
says 1 "guards another network namespace" gw gw unshare --net "$daemon" -i lo
says 1 "guards another network namespace" gw gw unshare --net "$daemon" --detach
expect "nor to its pins" gw gw test -e /sys/fs/bpf/xipsec/xi_window
start

expect "generic mode on a restart is heeded" eval 'kill "$(pid)"; wait_until 5 eval "! gw gw test -e /run/xipsec/xipsecd.pid"; start --xdp-mode generic; json show crypto engine | grep -q "\"mode\": \"generic\""'
start_fails() { gw gw mkdir -p /run/blocked/control.sock; ! gw gw "$daemon" -i w0 -R /run/blocked 2>/dev/null; }
expect "detach stops the daemon too" gw gw "$daemon" --detach
wait_until 10 gone "$last"
expect "detached: no program left" gone "$last"
expect "detached: no pin left" no_pins
expect "detached: no run directory left" test ! -e "/proc/${gw_pid[gw]}/root/run/xipsec"
expect "a start that fails late" start_fails
expect "leaves nothing attached" eval '! gw gw ip link show w0 | grep -q xdp'
expect "and no pin" no_pins
expect "detach again is no error" gw gw "$daemon" --detach

expect "generic mode on request" start --xdp-mode generic
expect "and shown" grep -q '"generic"' <(json show crypto engine)
expect "variant none on request, other code: replaced" eval 'kill "$(pid)"; wait_until 5 eval "! gw gw test -e /run/xipsec/xipsecd.pid"; start --window-source none'
expect "and shown" grep -q '"variant": "none"' <(json show crypto engine)
gw gw "$daemon" --detach

rm -f "$log"
finish
