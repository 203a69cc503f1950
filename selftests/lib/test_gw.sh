#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# test_gw - proves gw.sh: what is done in one gateway is not seen in another or
# on the machine, links carry packets, pins outlive the process that made them,
# and nothing is left behind.  Needs root; runs natively.
set -euo pipefail

here=$(dirname "$0")
# shellcheck source=selftests/lib/tap.sh
. "$here/tap.sh"
# shellcheck source=selftests/lib/gw.sh
. "$here/gw.sh"

((EUID == 0)) || skip_all "needs root"
plan 16

expect "two gateways" gw_new west east
expect "a cable with two queues" gw_link west eth0 east eth0 queues 2
expect_eq "$(gw west sh -c 'ls -d /sys/class/net/eth0/queues/rx-* | wc -l')" 2 "two receive queues in /sys"
gw_addr west eth0 10.99.0.1/24 fd99::1/64
gw_addr east eth0 10.99.0.2/24 fd99::2/64
expect_within 10 "IPv4 passes" gw west ping -c1 -W1 10.99.0.2
expect_within 10 "IPv6 passes" gw east ping -c1 -W1 fd99::1
expect_not "the machine does not see the addresses" ping -c1 -W1 10.99.0.2
expect_eq "$(gw west hostname) $(gw east hostname)" "west east" "own host names"
expect_eq "$(gw west pwd)" "$PWD" "commands start in the same working directory"
expect_eq "$(gw west sh -c 'exit 7'; echo $?)" 7 "the exit status comes back"

gw west mkdir /run/xipsec
expect_not "own /run: not in the other" gw east test -e /run/xipsec

gw west bpftool map create /sys/fs/bpf/t type array key 4 value 4 entries 1 name t
expect "a pin outlives its maker" gw west bpftool map show pinned /sys/fs/bpf/t
expect_not "a pin is not in the other" gw east test -e /sys/fs/bpf/t

gw_bg west sleep 1000
daemon=$!
disown "$daemon"
expect_within 10 "gw_bg gives the pid of the command" grep -q sleep "/proc/$daemon/comm"
kill -KILL "$daemon"
expect "a pin outlives a killed daemon" gw west test -e /sys/fs/bpf/t

holder=${gw_pid[east]}
gw_bg east sleep 1000
daemon=$!
disown "$daemon"
gw_del east
# shellcheck disable=SC2317	# called by expect_within
gone() { ! kill -0 "$holder" && ! kill -0 "$daemon"; }
expect_within 10 "gw_del ends what ran inside" gone
expect_within 10 "the other end of the cable is gone" gw west sh -c '! ip link show eth0'
finish
