#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#	hostA --- gwA ===[ map: 10 ESP | 20 AH, IPv6 ]=== gwB --- hostB
#
# A kernel without AH for IPv6: the entry that needs it is taken back whole, the
# log and `show crypto map` name the module, the rest is in force. What the entry
# would have protected leaves neither encrypted nor in the clear, and the daemon does
# not try for ever. A device of ours that somebody deletes is made again, and until
# then nothing leaves in the clear either.
set -euo pipefail
# shellcheck source=selftests/vm/lib_config.sh
. "$(dirname "$0")/../lib_config.sh"

key32=$(printf '%064x' 7)

gateway_config() {	# NUMBER PEER-NUMBER NET PEER-NET LETTER PEER-LETTER OUT IN
	cat <<-IOS
	hostname gw-$1
	crypto ipsec transform-set esp esp-aes 256 esp-sha256-hmac
	crypto ipsec transform-set ah ah-sha256-hmac
	access-list 101 permit ip 10.$1.0.0 0.0.255.255 10.$2.0.0 0.0.255.255
	ipv6 access-list six
	 permit ipv6 2001:db8:$3::/64 2001:db8:$4::/64
	crypto map lab 10 ipsec-manual
	 set peer 192.0.2.$2
	 set session-key outbound esp $5 cipher $key32 authenticator $key32
	 set session-key inbound esp $6 cipher $key32 authenticator $key32
	 set transform-set esp
	 match address 101
	crypto map lab 20 ipsec-manual
	 set peer 2001:db8::$2
	 set session-key outbound ah $5 $key32
	 set session-key inbound ah $6 $key32
	 set transform-set ah
	 match address six
	interface eth0
	 crypto map lab
	end
	IOS
}

says() {	# TEXT COMMAND...: what the command prints has it
	grep -qF -- "$1" <<<"$("${@:2}")"
}

device_of() {	# ENTRY: by its alias; nothing if there is none
	gw gwA ip -o link show | sed -nE "s/^[0-9]+: (xi-[^@:]+).*crypto map lab $1 on eth0.*/\1/p"
}

# how often a device came or went in a while
link_events() {
	gw gwA timeout "$1" ip monitor link | wc -l
}

# The root file system of the guest is a copy.
echo 'install ah6 /bin/false' >/etc/modprobe.d/xi-refused.conf
modprobe -r ah6 2>/dev/null || true
modprobe xfrm_user
expect_not "the kernel cannot get AH for IPv6" modprobe -q ah6

config_net
gateway_config 1 2 a b 1001 1002 >"$work/a.conf"
gateway_config 2 1 b a 1002 1001 >"$work/b.conf"
config_start gwA "$work/a.conf"
config_start gwB "$work/b.conf"

expect "the log names the module" grep -q \
	"KERNEL: crypto map lab 20 on eth0 is not set up: AH SA to .*: it needs module ah6 (CONFIG_INET6_AH)" \
	"$work/gwA.log"
expect "and the object once" test "$(grep 'crypto map lab 20' "$work/gwA.log" | grep -o 'AH SA' | wc -l)" = 1
expect "show crypto map too" says "it needs module ah6 (CONFIG_INET6_AH)" xi gwA show crypto map
expect_eq "$(device_of 20)" "" "the entry has no device"
expect "the other entry has one" test -n "$(device_of 10)"
expect_eq "$(gw gwA ip xfrm state list proto ah | wc -l)" 0 "the entry has no SA"
expect_eq "$(link_events 3)" 0 "nothing is tried again without a reason"

wire_start refused
expect "the other entry works" gw hostA ping -q -c 3 -i 0.2 -W 5 10.2.0.10
expect_not "nothing comes through the refused one" \
	gw hostA ping -q -c 3 -i 0.2 -W 1 2001:db8:b::10
wire_stop refused
expect_eq "$(on_wire refused esp)" 6 "three echoes and three answers, encrypted"
expect_eq "$(on_wire refused 'net 10.0.0.0/8 or net 2001:db8:a::/64 or net 2001:db8:b::/64')" 0 "nothing in the clear"

# While packets come, somebody deletes the device.
device=$(device_of 10)
index=$(gw gwA cat "/sys/class/net/$device/ifindex")
made_again() {
	[[ -n $(device_of 10) && $(gw gwA cat "/sys/class/net/$device/ifindex") != "$index" ]]
}
wire_start deleted
gw_bg hostA ping -q -i 0.02 -W 1 10.2.0.10 >/dev/null
pinging=$!
gw gwA ip link delete "$device"
expect_within 20 "a deleted device is made again" made_again
expect_within 20 "and used" gw hostA ping -q -c 1 -W 2 10.2.0.10
kill "$pinging"
wire_stop deleted
expect_eq "$(on_wire deleted 'net 10.0.0.0/8')" 0 "nothing in the clear meanwhile"

# The module comes, and `reload` tries again.
rm /etc/modprobe.d/xi-refused.conf
xi gwA reload >/dev/null
xi gwB reload >/dev/null
expect "with the module, a reload sets it up" test -n "$(device_of 20)"
expect_within 20 "and it works" gw hostA ping -q -c 1 -W 2 2001:db8:b::10
state gwA >"$work/first"
xi gwA reload >/dev/null
state gwA >"$work/second"
expect "one more reload changes nothing" cmp "$work/first" "$work/second"
expect_not "no key is in the log" grep -q "$key32" "$work/gwA.log"
finish
