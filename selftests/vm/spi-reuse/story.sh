#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	SPI 0x1001: |life 1: 1 2 3| |life 2: 1 2 3| ... |life 200: 1 2 3|
#
# The same SPI with the same keys dies and is born again, and its numbers start
# at 1 each time: a window that survived its SA would reject them all. The first
# packets of every life arrive and nothing is dropped, with the daemon watching
# and without, with the two steps apart and in one go. Two replays in each life
# still die.
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

net_up
guard_start gwB eth0
tunnel_up
record "$work/frames" 3
one_two=$(mktemp -p "$work")
"$wire" send -w "$one_two" -r "$work/frames" --range 0:2 >/dev/null
{ cat "$one_two"; tail -c +25 "$work/frames"; } >"$work/life"	# 1 2 1 2 3
delete="xfrm state delete src $t_src dst $t_dst proto $t_proto spi $t_spi"
add=$(sa_lines $t_src $t_dst "$t_spi")

# lives N apart|batch: a shell that stays in gwA, and an ip that stays in gwB: a
# life costs one process.  Its last packet is delivered before the next begins.
lives() {
	gw gwA bash -e -s -- "$@" "$wire" "$work/life" "${gw_pid[gwB]}" "$delete" "$add" \
		"$mac_a" "$mac_b" <<-'SHELL'
	delivered() {
		while read -r name _ _ _ _ _ _ _ _ n _; do
			[[ $name != Ip: || $n == InDelivers ]] || return 0
		done </proc/$5/net/snmp
	}
	coproc SAD { exec nsenter --target $5 --net stdbuf -oL ip -batch -; }
	exec 8<&${SAD[0]} 9>&${SAD[1]}
	delivered "$@"
	want=$n
	for ((life = 0; life < $1; life++)); do
		echo "$6" >&9
		[[ $2 == batch ]] || { echo "xfrm state count" >&9; read -r _ <&8; }
		echo "$7" >&9
		echo "xfrm state count" >&9
		read -r _ <&8
		$3 send -i eth0 -r $4 --src-mac $8 --dst-mac $9 --cpu 0 >/dev/null
		want=$((want + 6))
		until delivered "$@" && ((n >= want)); do :; done
	done
	SHELL
	awaited=$((awaited + 5 * $1))
}

sink_start gwB
mark gwB
lives 50 apart
lives 50 batch
expect_grown gwB "with the daemon" SA_UNSTARTED+SA_NEW=300 REPLAY_DUP=200 REPLAY_OLD=0 \
	XfrmInStateSeqError=0 XfrmInNoStates=0 NO_SA=0
guard_stop gwB
mark gwB
lives 50 apart
lives 50 batch
expect_grown gwB "without" SA_UNSTARTED+SA_NEW=300 REPLAY_DUP=200 REPLAY_OLD=0 \
	XfrmInStateSeqError=0 XfrmInNoStates=0 NO_SA=0
sink_stop gwB
expect "1 2 3 arrive, two hundred times" cmp "$work/gwB.sink" \
	<(for ((n = 0; n < 200; n++)); do seq 3; done)
finish
