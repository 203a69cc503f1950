# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# parts.sh - of the stories that kill: two configurations of gwA, objects of others,
# and a start that may be the last.

# shellcheck source=selftests/vm/lib_config.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib_config.sh"

# entry SEQUENCE OUT IN: SPIs and keys
entry() {
	local out in
	out=$(printf '%016x' "$2") in=$(printf '%016x' "$3")
	cat <<-IOS
	crypto map lab $1 ipsec-manual
	 set peer 192.0.2.${4:-2}
	 set transform-set cbc
	 set session-key outbound esp $2 cipher $out$out authenticator $out$out$out$out
	 set session-key inbound esp $3 cipher $in$in authenticator $in$in$in$in
	 match address flow$1
	IOS
}
flow() {	# SEQUENCE PORT...
	local port
	echo "ip access-list extended flow$1"
	for port in "${@:2}"; do
		echo " permit udp 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255 eq $port"
	done
}

# Port 5010 stays as it is, 5020 gets other keys, 5025 moves to another entry; the
# rest comes, goes or changes.
old_config() {
	cat <<-IOS
	hostname gw-a
	crypto ipsec transform-set cbc esp-aes esp-sha256-hmac
	crypto ipsec profile vti
	 set transform-set cbc
	$(entry 10 4106 8202)
	$(entry 20 4116 8212)
	$(entry 30 4126 8222)
	interface eth0
	 crypto map lab
	interface Tunnel1
	 ip address 10.255.1.1 255.255.255.252
	 tunnel source eth0
	 tunnel destination 192.0.2.77
	 tunnel mode ipsec ipv4
	 tunnel protection ipsec profile vti
	interface Loopback1
	 ip address 10.254.1.1 255.255.255.255
	$(flow 10 5010)
	$(flow 20 5020 5025)
	$(flow 30 5030)
	ip route 10.81.0.0 255.255.0.0 Tunnel1
	ip route 10.82.0.0 255.255.0.0 192.0.2.2
	end
	IOS
}
new_config() {
	cat <<-IOS
	hostname gw-a
	crypto ipsec transform-set cbc esp-aes esp-sha256-hmac
	crypto ipsec profile vti
	 set transform-set cbc
	$(entry 10 4106 8202)
	$(entry 20 5116 9212)
	$(entry 40 4136 8232)
	interface eth0
	 crypto map lab
	interface Tunnel1
	 ip address 10.255.1.5 255.255.255.252
	 ip mtu 1300
	 tunnel source eth0
	 tunnel destination 192.0.2.77
	 tunnel mode ipsec ipv4
	 tunnel protection ipsec profile vti
	interface Tunnel2
	 ip address 10.255.2.1 255.255.255.252
	 tunnel source eth0
	 tunnel destination 192.0.2.78
	 tunnel mode ipsec ipv4
	 tunnel protection ipsec profile vti
	$(flow 10 5010)
	$(flow 20 5020 5021)
	$(flow 40 5025 5040)
	ip route 10.81.0.0 255.255.0.0 Tunnel2
	ip route 10.83.0.0 255.255.0.0 192.0.2.2
	end
	IOS
}
peer_config() {	# of gwB: entry 10 alone, the rest is only looked at on the wire
	cat <<-IOS
	hostname gw-b
	crypto ipsec transform-set cbc esp-aes esp-sha256-hmac
	$(entry 10 8202 4106 1)
	interface eth0
	 crypto map lab
	ip access-list extended flow10
	 permit udp 10.2.0.0 0.0.0.255 eq 5010 10.1.0.0 0.0.0.255
	end
	IOS
}

# Objects of others, as near to ours as they come.
foreign_lines() {
	cat <<-LINES
	link add other0 type xfrm dev lo if_id 0x4e000001
	link set other0 up
	address add 10.253.0.1/32 dev other0
	route add 10.90.0.0/16 dev other0
	route add 10.91.0.0/16 dev other0 table 1481179137
	rule add priority 9999 from 10.90.0.0/16 lookup 77
	rule add priority 15000 from 10.91.0.0/16 lookup 77
	xfrm policy add src 10.90.0.0/16 dst 10.91.0.0/16 dir out priority 100 tmpl proto esp reqid 77 mode transport
	xfrm state add src 192.0.2.1 dst 192.0.2.99 proto esp spi 0x7777 reqid 77 mode transport aead rfc4106(gcm(aes)) 0x0001020304050607080900010203040506070809 128
	LINES
}

# --- the world ---------------------------------------------------------------

# kill_net: gwB runs, gwA will run under faultnl.so; "$work/none" is what gwA has of others.
kill_net() {
	config_net
	gw gwA ip route add blackhole 10.77.0.0/16
	foreign_lines | gw gwA ip -batch -
	old_config >"$work/old.ios"
	new_config >"$work/new.ios"
	peer_config >"$work/b.ios"
	echo hostname gw-a >"$work/empty.ios"
	config_start gwB "$work/b.ios" || bail "gwB does not start"
	fault_dir=$work/fault
	mkdir "$fault_dir"
	state gwA >"$work/none"
}

# --- deaths ------------------------------------------------------------------

arm() {		# N before|after
	echo "$1 $2" >"$fault_dir/arm.new"
	mv "$fault_dir/arm.new" "$fault_dir/arm"
}

# start FILE: 0: it runs; else it died of what was armed.
start() {
	: >"$work/gwA.log"
	config_start gwA "$1" >"$work/start"
}

# same REF TEXT: what there is, is as in that file. Words only if not.
same() {
	state gwA >"$work/now"
	cmp -s "$1" "$work/now" && return 0
	not_ok "$2"
	diff "$1" "$work/now" | diag
	return 1
}

# again FILE REF TEXT: a start without harm makes all well.
again() {
	rm -f "$fault_dir/arm"
	start "$1" || { not_ok "$3: starts"; diag <"$work/start"; return 1; }
	same "$2" "$3: as a start from nothing makes it"
}
