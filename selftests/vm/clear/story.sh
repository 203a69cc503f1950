#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	hostA --- gwA ===== ESP ===== gwB --- hostB
#	                ^
#	          clear packets of the same flow, forged on the wire
#
# What a crypto access list protects may come in encrypted only (R-CMAP-6,
# R-CLEAR-6): the forged packets die in XDP, under a name of their own, and are
# logged (R-LOG-14); what comes out of the tunnel, what the list denies and what it
# does not name passes, also where XDP is not in the driver. The daemon is killed
# and started again: no packet notices. Without the map all is clear again.
set -euo pipefail
# shellcheck source=selftests/vm/lib_config.sh
. "$(dirname "$0")/../lib_config.sh"

# config NUMBER PEER IN OUT [LINE]: of one gateway; LINE as the interface's last.
config() {
	cat <<-LINES
		hostname gw$1
		crypto ipsec transform-set cbc esp-aes esp-sha256-hmac
		crypto map lab 10 ipsec-manual
		 set peer 192.0.2.$2
		 set transform-set cbc
		 set session-key inbound esp $3 cipher $(key "$3" 16) authenticator $(key "$3" 32)
		 set session-key outbound esp $4 cipher $(key "$4" 16) authenticator $(key "$4" 32)
		 match address 101
		interface eth0
		 ip address 192.0.2.$1 255.255.255.0
		${5- crypto map lab}
		access-list 101 deny tcp 10.$1.0.0 0.0.0.255 eq 22 10.$2.0.0 0.0.0.255
		access-list 101 permit ip 10.$1.0.0 0.0.0.255 10.$2.0.0 0.0.0.255
		end
	LINES
}

key() {	# SPI OCTETS
	printf "%0*x" $(($2 * 2)) "$1"
}

# clear N PROTO [DPORT [SOURCE]]: N frames to hostB on the wire in front of gwB.
clear_frames='
import socket, struct, sys
n, proto, dport, src = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("b0", 0))
def ones(b):
	x = sum(struct.unpack("!%dH" % (len(b) // 2), b))
	x = (x & 0xffff) + (x >> 16)
	return ~((x & 0xffff) + (x >> 16)) & 0xffff
body = struct.pack("!HHLLBBHHH", 40000, dport, 1, 0, 0x50, 2, 1024, 0, 0)
ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 7, 0, 64, proto, 0,
	socket.inet_aton(src), socket.inet_aton("10.2.0.10"))
ip = ip[:10] + struct.pack("!H", ones(ip)) + ip[12:]
for i in range(n):
	s.send(bytes.fromhex("02000000000b02000000000a0800") + ip + body)
'
clear() {
	gw net python3 -IS -c "$clear_frames" "$1" "$2" "${3:-80}" "${4:-10.1.0.10}"
}

expect_tunnel() {
	expect "$1" gw hostA ping -c3 -i0.2 -W5 10.2.0.10
}

# expect_dropped TEXT N: N of TCP, and as many of a protocol without ports.
expect_dropped() {
	mark gwB
	clear "$2" 6
	clear "$2" 47
	expect_within 20 "$1: $2 of TCP and $2 of GRE are dropped" dropped $((2 * $2))
}

dropped() {
	settle gwB
	[[ $(grown gwB UNPROTECTED) == "$1" ]]
}

# expect_passes TEXT [CLEAR ARGUMENTS]: five packets, not dropped.
expect_passes() {
	mark gwB
	clear 5 "${@:2}"
	expect_within 20 "$1" passed
	expect_eq "$(grown gwB UNPROTECTED)" 0 "... none is dropped"
}

passed() {
	settle gwB
	(($(grown gwB NOT_IPSEC) >= 5))
}

config_net
config 1 2 4097 4098 >"$work/a"
config 2 1 4098 4097 >"$work/b"
config 2 1 4098 4097 '' >"$work/b.without"
config_start gwA "$work/a"
config_start gwB "$work/b"
expect_tunnel "through the tunnel"
expect_dropped "forged in clear" 20
expect_within 20 "told in the words of R-LOG-14" grep -qF "%CRYPTO-4-RECVD_PKT_NOT_IPSEC: Rec'd packet not an IPSEC packet. (ip) vrf/dest_addr= /10.2.0.10, src_addr= 10.1.0.10, prot= 6" "$work/gwB.log"
expect_eq "$(grep -c 'NOT_IPSEC.* prot= 6$' "$work/gwB.log")" 1 "once, not for each packet"
expect "show crypto drops has them" eval \
	'xi gwB show crypto drops | grep -qE "^clear, should have come encrypted +drop +40 .* 10.1.0.10 "'
expect_passes "denied by the list: clear" 6 22
expect_passes "not named by the list" 6 80 10.9.0.10
expect_tunnel "the tunnel is as before"

guard_stop gwB KILL
expect_dropped "the daemon is gone" 10
expect_tunnel "... the tunnel is not"
config_start gwB "$work/b"
expect "the next one takes over" grep -q 'adopted what an earlier daemon left' "$work/gwB.log"
expect_dropped "... and drops as before" 10
expect_tunnel "... through the tunnel too"

expect "the map is taken off" config_reload gwB "$work/b.without"
expect_eq "$(bpftool -j map dump pinned "/proc/${gw_pid[gwB]}/root$pins/xi_flow")" "[]" \
	"... and no flow is left in the maps"

# SAs begin anew, so at both ends: numbers of one side alone would be replays to the other.
for name in gwA gwB; do
	guard_stop $name
	guard_detach $name
	expect_not "$name: --detach leaves no map" gw $name test -e $pins
done
config_start gwA "$work/a"
config_start gwB "$work/b" --xdp-mode generic
expect "generic mode" eval 'xi gwB show crypto engine | grep -q "eth0: attached, .*generic mode"'
expect_dropped "generic mode" 5
expect_tunnel "generic mode: what was decrypted passes"
finish
