# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# acts.sh - one function an act: what is done, what it means, what was counted.
# Every number is a difference over the act, so that it can be exact.
#
# shellcheck disable=SC2154	# of run, say.sh and world.sh

topology() {
	tell <<-'TEXT'
	xipsec: two gateways, an attacker on the wire between them

	   hostA               gwA                 gwB               hostB
	192.0.2.10 ------- 198.51.100.1       198.51.100.2 ------- 203.0.113.10
	                   strongSwan          strongSwan
	                   xipsecd             xipsecd
	                        |                   |
	                        +====== wire =======+     untrusted
	                                 |
	                              mallory             reads every frame,
	                           198.51.100.66          sends what he likes

	Six machines as network namespaces. Debian's strongSwan keys the tunnel and
	the Linux kernel encrypts; neither knows of xipsec. xipsecd guards the
	untrusted NIC of each gateway.
	TEXT
}

# --- 1 -----------------------------------------------------------------------

act_tunnel() {
	act "A tunnel comes up"
	step "six machines and their cables"
	world_up
	step "strongSwan on gwA, then on gwB"
	swan_up gwa
	swan_up gwb
	if [[ $broken == noguard ]]; then
		tell <<<"  XI_DEMO_BREAK=noguard: xipsecd is not started. Claims have to fail."
	else
		step "xipsecd -i eth0 on both"
		guard_up gwa
		guard_up gwb
	fi
	step "gwA: swanctl --initiate --child net"
	gw_swan_initiate gwa net 2>&1 | grep -E 'selected proposal|established' |
		sed 's/^/     /; s/ and TS.*//; s/ between.*//' | emit
	tell <<-'TEXT'
	  IKEv2 with a pre-shared key, AES-GCM, a replay window of 1024; extended
	  sequence numbers are off, as in strongSwan's own proposals.
	TEXT
	claim "ping hostA to hostB, answers" "$(ping_tunnel 5 0.2)" 5
	claim "inbound SAs with a window in gwB's XDP" "$(guarded_windows)" 1
	show_engine
}

guarded_windows() {
	{ show gwb crypto engine --json 2>/dev/null || true; } |
		awk '/"windows-started":/ { gsub(/,/, ""); n = $2 } END { print n == "" ? "none" : n }'
}

show_engine() {
	answer crypto engine | sed '/^Messages/d; /^  Looks/d' |
		screen gwB "xipsec show crypto engine   (shortened)"
}

# --- 2 -----------------------------------------------------------------------

act_transfer() {
	local reader recorder sent sum_a sum_b hidden
	act "Data moves, and mallory records it"
	step "hostA sends 20 MB to hostB over TCP"
	gw hosta sh -c '{ echo "dear hostB, nobody else reads this";
		head -c 20000000 /dev/urandom; } >/run/sent'
	gw_bg mallory "$wire_tool" capture -i eth0 -w "$tap" --filter esp --dst "$wan_b" \
		--promisc --ready /run/tap.ready >"$notes/capture"
	recorder=$!
	wait_until 20 gw mallory test -e /run/tap.ready
	sent=$(xfrm_sent)
	gw_bg hostb socat -u TCP-LISTEN:5000 CREATE:/run/got
	reader=$!
	wait_until 20 gw hostb sh -c 'ss -Hltn | grep -q :5000'
	gw hosta socat -u OPEN:/run/sent "TCP:$lan_b:5000"
	wait "$reader"
	sent=$(moved "$sent" "$(xfrm_sent)")
	settle mallory
	kill "$recorder"
	wait "$recorder"
	captured=$(field frames "$(cat "$notes/capture")")
	sum_a=$(gw hosta sha256sum /run/sent)
	sum_b=$(gw hostb sha256sum /run/got)
	claim "SHA-256 of the 20 MB at hostB, its beginning" "${sum_b::8}" "${sum_a::8}"
	show_sa
	tell <<-TEXT
	  Mallory has what a replay needs: $captured valid ESP frames from gwA to gwB.
	  He cannot read them. He does not have to.
	TEXT
	claim "frames recorded, of those gwA sent" "$captured" "$sent"
	hidden=$(gw mallory grep -c 'dear hostB' "$tap" || true)
	claim "lines of the file that mallory can read" "$hidden" 0
}

show_sa() {
	answer crypto ipsec sa | sed -n '/^%/p; /^interface/,/outbound esp sas/p' |
		sed '/compressed/d; /vrf/d; /ah sas/d; /pcp sas/d; /outbound esp/d; /^$/d' |
		screen gwB "xipsec show crypto ipsec sa   (shortened)"
}

# --- 3 -----------------------------------------------------------------------

act_replay() {
	local n=20000 drops kernel line alive out
	act "Mallory replays the recording"
	tell <<-'TEXT'
	  Without xipsec the kernel rejects replays too, but only after it has taken
	  each of them through the stack to the SA: a recording sent back at line rate
	  costs the gateway's CPU, and the owners of the tunnel pay.
	TEXT
	step "20,000 frames out of the recording, while hostA pings hostB"
	drops=$(reasons gwb replay-dup replay-old)
	kernel=$(xfrm_stat gwb XfrmInStateSeqError)
	gw_bg hosta ping -q -c 40 -i 0.1 -W 10 "$lan_b" >"$notes/ping"
	alive=$!
	out=$(inject send -r "$tap" --count "$n" --rate 8000)
	wait "$alive" || true
	settle gwb
	claim "replays sent" "$(field sent "$out")" "$n"
	claim "replays dropped in XDP" "$(moved "$drops" "$(reasons gwb replay-dup replay-old)")" "$n"
	claim "replays that the kernel had to reject" \
		"$(moved "$kernel" "$(xfrm_stat gwb XfrmInStateSeqError)")" 0
	claim "ping beside it, answers" "$(awk '/received/ { print $4 }' "$notes/ping")" 40
	show_drops
	line=$(messages %CRYPTO-4-PKT_REPLAY_ERR)
	fold -s -w 72 <<<"${line:-(no message)}" | screen gwB "xipsec show logging | include REPLAY"
	claim "messages about it (one a minute and SA)" \
		"$(count_messages %CRYPTO-4-PKT_REPLAY_ERR)" 1
}

# The table of a wide terminal, without its bytes.
show_drops() {
	answer crypto drops | awk '
		length($0) < 90 { print; next }
		/^Dropped/ { print; next }
		{
			printf "%-33s %-6s %7s  %-13s %-10s\n", substr($0, 1, 33), substr($0, 38, 6),
				substr($0, 49, 8), substr($0, 75, 13), substr($0, 101, 10)
		}' | sed 's/ *$//; s/; passed.*//' |
		screen gwB "xipsec show crypto drops   (narrowed)"
}

# --- 4 -----------------------------------------------------------------------

act_forge() {
	local n=2000 kernel window bad out
	act "Mallory forges numbers far ahead"
	tell <<-'TEXT'
	  A filter that moved its window before the packet is verified would now jump
	  ahead and lock gwA out: one forged frame, and the tunnel is dead. In xipsec
	  only the kernel moves a window, after it has verified the packet.
	TEXT
	step "2,000 frames, numbers from 2,130,706,432 on, integrity check broken"
	kernel=$(xfrm_top)
	window=$(guard_top)
	bad=$(xfrm_stat gwb XfrmInStateProtoError)
	out=$(inject send -r "$tap" --count "$n" --seq-set 2130706432 --seq-step 1 --flip-icv \
		--rate 4000)
	settle gwb
	claim "forged frames sent" "$(field sent "$out")" "$n"
	claim "refused by the kernel's integrity check" \
		"$(moved "$bad" "$(xfrm_stat gwb XfrmInStateProtoError)")" "$n"
	claim "top of the window in XDP, before" "$window" "$kernel"
	claim "top of the window in XDP, after" "$(guard_top)" "$kernel"
	claim "top of the kernel's window, after" "$(xfrm_top)" "$kernel"
	claim "ping after it, answers" "$(ping_tunnel 10 0.1)" 10
}

# --- 5 -----------------------------------------------------------------------

act_unknown() {
	local n=5000 silent passed dropped most out alive
	act "Unknown SPIs: one, then a flood"
	tell <<-'TEXT'
	  Linux drops a packet whose SPI it does not have without telling anybody,
	  though it is the first sign of a peer that restarted: the tunnel is a black
	  hole until timers run out. xipsec says it at once. A source that sends many
	  is policed: 100 a second pass, in case they mean something.
	TEXT
	step "one frame with SPI 0xC0FFEE01"
	unknown "$evil" C0FFEE01 1 >/dev/null
	wait_until 10 count_is 1 'spi=0xC0FFEE01(' || true
	{ messages 'spi=0xC0FFEE01(' | grep . || echo "(no message)"; } | fold -s -w 72 |
		screen gwB "xipsec show logging | include INV_SPI"
	claim "messages that name the SPI" "$(count_messages 'spi=0xC0FFEE01(')" 1

	step "5,000 frames with random SPIs, while hostA pings hostB"
	passed=$(reasons gwb no-sa)
	dropped=$(reasons gwb no-sa-flood)
	silent=$(xfrm_stat gwb XfrmInNoStates)
	gw_bg hosta ping -q -c 20 -i 0.1 -W 10 "$lan_b" >"$notes/ping"
	alive=$!
	out=$(unknown "$evil" random "$n" --rate 5000)
	wait "$alive" || true
	settle gwb
	passed=$(moved "$passed" "$(reasons gwb no-sa)")
	dropped=$(moved "$dropped" "$(reasons gwb no-sa-flood)")
	most=$(awk -v s="$(field seconds "$out")" 'BEGIN { print int(200 + 100 * (s + 1)) }')
	claim "unknown SPIs sent" "$(field sent "$out")" "$n"
	claim_range "passed (200 at once, then 100 a second)" "$passed" 200 "$most"
	claim "passed, and dropped in XDP, together" "$(sum "$passed" "$dropped")" "$n"
	claim "seen by the kernel: what passed" \
		"$(moved "$silent" "$(xfrm_stat gwb XfrmInNoStates)")" "$passed"
	claim "ping beside it, answers" "$(awk '/received/ { print $4 }' "$notes/ping")" 20

	step "one frame of another source"
	passed=$(reasons gwb no-sa)
	unknown "$neighbour" C0FFEE02 1 >/dev/null
	settle gwb
	claim "does not pay for mallory: passed" "$(moved "$passed" "$(reasons gwb no-sa)")" 1
	answer crypto drops sources | screen gwB xipsec show crypto drops sources
}

# unknown SOURCE SPI COUNT [OPTION...]
unknown() {
	inject gen-unknown --proto esp --src "$1" --dst "$wan_b" --spi "$2" --count "$3" \
		--src-mac "$(mac mallory)" --dst-mac "$(mac gwb)" "${@:4}"
}

count_is() {
	(($(count_messages "$2") == $1))
}

# --- 6 -----------------------------------------------------------------------

act_crash() {
	local n=20000 drops before kernel sender pid adopted
	act "xipsecd is killed in the middle of a replay"
	tell <<-'TEXT'
	  A filter that lives in its process would stand open now. Here it is programs
	  and maps, pinned in the kernel; the daemon looks after them, and no packet
	  has to pass it.
	TEXT
	drops=$(reasons gwb replay-dup replay-old)
	kernel=$(xfrm_stat gwb XfrmInStateSeqError)
	step "20,000 replays; kill -9 on the way"
	gw_bg mallory "$wire_tool" send -i eth0 -r "$tap" --count "$n" --rate 4000 >"$notes/send"
	sender=$!
	gw_bg hosta ping -q -c 40 -i 0.1 -W 10 "$lan_b" >"$notes/ping"
	sleep 1
	before=$(moved "$drops" "$(reasons gwb replay-dup replay-old)")
	pid=$(guard_pid 2>/dev/null) && kill -KILL "$pid"
	claim "replays were still to come when it died" \
		"$(still_coming "$sender" "$before")" yes
	wait "$sender"
	wait $! || true
	settle gwb
	claim "xipsecd was dead until they had all come" "$(daemon_state "${pid:-}")" yes
	claim "replays that the kernel had to reject" \
		"$(moved "$kernel" "$(xfrm_stat gwb XfrmInStateSeqError)")" 0
	claim "ping across the kill, answers" \
		"$(awk '/received/ { print $4 }' "$notes/ping")" 40
	if [[ $broken != noguard ]]; then
		step "xipsecd -i eth0 again: it takes over what is there"
		guard_up gwb
	fi
	claim "all dropped in XDP, say the adopted counters" \
		"$(moved "$drops" "$(reasons gwb replay-dup replay-old)")" "$n"
	adopted=$({ show gwb crypto engine 2>/dev/null || true; } | sed -n 's/.*Adopted at start: *\([a-z]*\).*/\1/p')
	claim "the new xipsecd has taken over what was there" "${adopted:-none}" yes
}

# daemon_state PID: was there one, and is it gone?
daemon_state() {
	[[ -n $1 ]] || { echo none; return; }
	if kill -0 "$1" 2>/dev/null || show gwb version >/dev/null 2>&1; then
		echo no
	else
		echo yes
	fi
}

# still_coming PID DROPPED: the sender runs, and not all of it was dropped yet
still_coming() {
	if [[ $2 =~ ^[0-9]+$ ]] && (($2 > 0 && $2 < 20000)) && kill -0 "$1" 2>/dev/null; then
		echo yes
	else
		echo no
	fi
}

# --- 7 -----------------------------------------------------------------------

act_rekey() {
	local n=2000 old before unknown_a unknown_b silent out passed
	act "strongSwan rekeys, and the recording grows old"
	step "gwA: swanctl --rekey --child net, while hostA pings hostB"
	old=$(xfrm_spi)
	unknown_a=$(reasons gwa no-sa no-sa-flood)
	unknown_b=$(reasons gwb no-sa no-sa-flood)
	gw_bg hosta ping -q -c 100 -i 0.05 -W 10 "$lan_b" >"$notes/ping"
	sleep 1
	gw gwa swanctl --rekey --child net >/dev/null 2>&1
	wait $! || true
	step "strongSwan keeps the old SA for 5 s"
	wait_until 30 spi_gone "$old" || true
	claim "ping across the rekey, answers" \
		"$(awk '/received/ { print $4 }' "$notes/ping")" 100
	claim "SAs in gwB's kernel with the old SPI" "$(xfrm_sas gwb | grep -c "$old" || true)" 0
	claim "frames of the tunnel taken for unknown, gwA" \
		"$(moved "$unknown_a" "$(reasons gwa no-sa no-sa-flood)")" 0
	claim "frames of the tunnel taken for unknown, gwB" \
		"$(moved "$unknown_b" "$(reasons gwb no-sa no-sa-flood)")" 0
	tell <<-'TEXT'
	  The rekey is strongSwan's own and as smooth without xipsec; the point is that
	  xipsec keeps up. The recording now names an SPI that is no more, with gwA as
	  its source: unknown SPIs are policed under gwA's address, and the packets of
	  gwA's real SA must not pay for them.
	TEXT
	step "2,000 frames of it"
	before=$(reasons gwb no-sa no-sa-flood)
	passed=$(reasons gwb no-sa)
	silent=$(xfrm_stat gwb XfrmInNoStates)
	out=$(inject send -r "$tap" --count "$n" --rate 4000)
	settle gwb
	claim "old frames sent" "$(field sent "$out")" "$n"
	claim "counted as unknown SPI" \
		"$(moved "$before" "$(reasons gwb no-sa no-sa-flood)")" "$n"
	passed=$(moved "$passed" "$(reasons gwb no-sa)")
	claim "seen by the kernel: what passed" \
		"$(moved "$silent" "$(xfrm_stat gwb XfrmInNoStates)")" "$passed"
	claim "ping after it, answers" "$(ping_tunnel 10 0.1)" 10
	show_drops
}

spi_gone() {
	! xfrm_sas gwb | grep -q "$1"
}

# --- 8 -----------------------------------------------------------------------

act_leave() {
	local before
	act "xipsecd --detach: as if it had never been there"
	before=$(xdp_programs)
	if [[ $broken != noguard ]]; then
		gw gwb "$repo/build/xipsecd" --detach
	fi
	claim "XDP on gwB's NIC, before and after" "$before, $(xdp_programs)" "1, 0"
	claim "maps and programs pinned on gwB, after" "$(gw gwb find /sys/fs/bpf -type f | wc -l)" 0
	claim "ping without xipsec, answers" "$(ping_tunnel 5 0.1)" 5
}

xdp_programs() {
	gw gwb ip link show eth0 | grep -c prog/xdp || true
}
