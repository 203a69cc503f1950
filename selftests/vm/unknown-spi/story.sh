#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	192.0.2.66, .67, .68 ---- SPIs that nobody has ----> gwB
#	192.0.2.1  (gwA)     ---- an SA that the map lacks ->
#
# An unknown SPI passes to the kernel, which drops it, and is told to the
# operator with a bounded number of lines. A source above its rate is dropped in
# XDP, other sources are not, and what is not for gwB is nobody's business here.
# An SA that only the kernel knows is no unknown SPI: nothing of it is lost.
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

unknown() {
	attack gen-unknown --dst 192.0.2.2 "$@"
}

line='%CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec.d IPSEC packet has invalid spi for destaddr='
modprobe -aq esp4 ah4
net_up
guard_start gwB eth0 --unknown-rate 1
mark gwB
unknown --proto ah --src 192.0.2.66 --spi 0x1214F0D --count 1
unknown --proto esp --src 192.0.2.66 --spi 0xabc --count 1
expect_grown gwB "two SPIs" NO_SA=2 NO_SA_FLOOD=0 XfrmInNoStates=2
guard_wait gwB "$line"'192.0.2.2, prot=51, spi=0x1214F0D(18960141), srcaddr=192.0.2.66$'
guard_wait gwB "$line"'192.0.2.2, prot=50, spi=0xABC(2748), srcaddr=192.0.2.66$'
expect_eq "$(guard_log_count gwB INV_SPI)" 2 "both are logged, word for word"
mark gwB
unknown --proto esp --src 192.0.2.66 --spi 0xabc --count 100
expect_grown gwB "the same SPI a hundred times" NO_SA=100 XfrmInNoStates=100
expect_eq "$(guard_log_count gwB INV_SPI)" 2 "no line more"

mark gwB
unknown --proto esp --src 192.0.2.67 --spi random --count 20000
allowed=$((200 + $(value seconds "$work/send" | cut -d. -f1) + 2))
unknown --proto esp --src 192.0.2.68 --spi random --count 150
expect_grown gwB "a flood and a neighbour" NO_SA+NO_SA_FLOOD=20150
expect "the flood is cut to its rate (at most $allowed pass)" \
	test "$(grown gwB NO_SA)" -le $((allowed + 150))
expect "the neighbour and the first 200 of the flood pass" \
	test "$(grown gwB NO_SA)" -ge 350
expect_eq "$(grown gwB XfrmInNoStates)" "$(grown gwB NO_SA)" "the kernel sees what passed"
expect "few lines" test "$(guard_log_count gwB INV_SPI)" -le 40
mark gwB
attack gen-unknown --dst 192.0.2.77 --proto esp --src 192.0.2.67 --spi random --count 1000
expect_grown gwB "for another host" TRANSIT=1000 NO_SA_FLOOD=0

tunnel_up
record "$work/frames" 300
guard_stop gwB
gw gwB bpftool map delete pinned $pins/xi_window \
	key hex c0 00 02 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 10 01 32 02 00 00
expect_eq "$(window_of gwB "$t_spi")" "" "the map lacks the SA, no daemon runs"
sink_start gwB
mark gwB
if [[ $series != 6.1 ]]; then
	# One file, so that not one token of the rate comes in between.
	"$wire" gen-unknown -w "$work/flood" --proto esp --src 192.0.2.1 --dst 192.0.2.2 \
		--src-mac $mac_a --dst-mac $mac_b --spi random --count 1000 >/dev/null
	tail -c +25 "$work/frames" >>"$work/flood"
	inject "$work/flood"
	expect_grown gwB "behind a flood from its own source" SA_LAG=1 SA_NEW=299
else
	inject "$work/frames"
	expect_grown gwB "learnt with its first packet" NO_SA=1 SA_NEW=299
fi
expect_sink gwB 300 "all 300 arrive"
mark gwB
inject "$work/frames"
expect_grown gwB "and its replays die" REPLAY_DUP+REPLAY_OLD=300
finish
