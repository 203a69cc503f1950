#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	gwA --- AH   spi 0x1001 ---> gwB   window of its own
#	   \___ ESP  spi 0x1001 --->       window of its own
#
# AH is guarded as ESP is, in tunnel and in transport mode. An AH and an ESP SA
# of the same SPI and destination are two SAs (R-ARW-15): what one of them has
# received says nothing about the other, and a replay of one leaves the window of
# the other alone. A forged AH packet moves nothing.
set -euo pipefail
# shellcheck source=selftests/vm/lib.sh
. "$(dirname "$0")/../lib.sh"

net_up
guard_start gwB eth0
tunnel_up --proto ah
expect_guarded "AH, tunnel mode" 200
tunnel_up --proto esp --net 2
expect_guarded "ESP with the same SPI" 300
expect_eq "$(field top "$(window_of gwB 0x1001 51)") $(field top "$(window_of gwB 0x1001 50)")" \
	"200 300" "two windows: 200 for AH, 300 for ESP"

tunnel_up --proto ah --mode transport --net 3 --spi 0x1003
expect_guarded "AH, transport mode" 200
before=$(window_of gwB 0x1003 51)
mark gwB
inject "$work/guarded" --seq-add 100000 --flip-icv
expect_grown gwB "forged AH" SA_NEW=200 XfrmInStateProtoError=200
expect_eq "$(window_of gwB 0x1003 51)" "$before" "the window is the same, bit for bit"
finish
