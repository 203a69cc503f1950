#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Proves that xi-wire counts exactly, before any story trusts its numbers.
#
#   netns xiw-a-$$                     netns xiw-b-$$
#   wa 192.0.2.1/24, 2001:db8::1  ---  wb 192.0.2.2/24, 2001:db8::2
#
# No ESP is needed in the kernel: frames are made by gen-unknown. TAP on stdout; exit 0, 1, or 4
# when the host cannot make namespaces.

wire=${XI_WIRE:-$(dirname "$0")/../../build/selftests/xi-wire}
wire=$(realpath -m "$wire")
a=xiw-a-$$
b=xiw-b-$$
dir=$(mktemp -d)
tests=0
failed=0
jobs_started=()

cleanup()
{
	local pid

	for pid in "${jobs_started[@]}"; do
		kill "$pid" 2>/dev/null && kill -CONT "$pid" 2>/dev/null
	done
	wait
	ip netns del "$a" 2>/dev/null
	ip netns del "$b" 2>/dev/null
	rm -rf "$dir"
}
trap cleanup EXIT

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 4
}

# is NAME GOT WANTED
is()
{
	tests=$((tests + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $tests - $1"
	else
		failed=$((failed + 1))
		echo "not ok $tests - $1"
		echo "# got:    $2"
		echo "# wanted: $3"
	fi
}

# value KEY: of the last line on stdin
value()
{
	tail -n 1 | tr ' ' '\n' | sed -n "s/^$1=//p"
}

in_a() { ip netns exec "$a" "$@"; }
in_b() { ip netns exec "$b" "$@"; }

# background NS LOG COMMAND...: runs it with --ready, returns when it is ready; pid in $job
background()
{
	local ns=$1 log=$2

	shift 2
	rm -f "$dir/ready"
	ip netns exec "$ns" "$wire" "$@" --ready "$dir/ready" >"$log" 2>"$log.err" &
	job=$!
	jobs_started+=("$job")
	for _ in $(seq 500); do
		[ -e "$dir/ready" ] && return 0
		sleep 0.01
	done
	echo "# $1 was not ready in 5 s"
	return 1
}

finish()
{
	wait "$job"
	status=$?
}

topology()
{
	ip netns add "$a" 2>/dev/null || skip_all "cannot make network namespaces"
	ip netns add "$b" 2>/dev/null || skip_all "cannot make network namespaces"
	ip -n "$a" link add wa type veth peer name wb netns "$b" ||
		skip_all "cannot make a veth pair"
	# Replayed UDP needs real checksums, not ones left to the hardware.
	in_a ethtool -K wa tx off >/dev/null 2>&1
	in_a sysctl -qw net.ipv6.conf.wa.accept_dad=0 net.ipv6.conf.wa.router_solicitations=0
	in_b sysctl -qw net.ipv6.conf.wb.accept_dad=0 net.ipv6.conf.wb.router_solicitations=0
	ip -n "$a" addr add 192.0.2.1/24 dev wa
	ip -n "$b" addr add 192.0.2.2/24 dev wb
	ip -n "$a" addr add 2001:db8::1/64 dev wa nodad
	ip -n "$b" addr add 2001:db8::2/64 dev wb nodad
	ip -n "$a" link set wa up
	ip -n "$b" link set wb up
	mac_a=$(in_a cat /sys/class/net/wa/address)
	mac_b=$(in_b cat /sys/class/net/wb/address)
}

gen()
{
	"$wire" gen-unknown --src-mac 02:00:00:00:00:01 --dst-mac 02:00:00:00:00:02 "$@"
}

gen_live()
{
	in_a "$wire" gen-unknown -i wa "${v4[@]}" --src-mac "$mac_a" --dst-mac "$mac_b" "$@"
}

dump() { "$wire" dump --fields -r "$1"; }

v4=(--src 192.0.2.1 --dst 192.0.2.2)
v6=(--src 2001:db8::1 --dst 2001:db8::2)

test_generate()
{
	local proto family

	for proto in esp ah natt; do
		gen -w "$dir/g.pcap" --proto $proto "${v4[@]}" --spi c0ffee01 --count 6 \
			--sources 3 >/dev/null
		is "generate $proto over IPv4: three sources, each with its own sequence" \
			"$(dump "$dir/g.pcap" | cut -d' ' -f2-7 | tail -n 4 | paste -sd';')" \
			"$(for s in '3 SEQ1' '1 SEQ2' '2 SEQ2' '3 SEQ2'; do
				echo "- 192.0.2.${s% *} 192.0.2.2 $proto 0xc0ffee01 ${s#*SEQ}"
			done | paste -sd';')"
		gen -w "$dir/g6.pcap" --proto $proto "${v6[@]}" --spi random --count 100 >/dev/null
		is "generate $proto over IPv6: a new SPI in each" \
			"$(dump "$dir/g6.pcap" | awk -v p=$proto '$5 == p { print $6 }' | sort -u |
				wc -l)" 100
		for family in g g6; do
			is "checksums of $proto ($family)" "$(bad_sums "$dir/$family.pcap")" 0
		done
	done
}

# bad_sums FILE: frames with a wrong IPv4 or UDP checksum, by tcpdump where there is one
bad_sums()
{
	if ! command -v tcpdump >/dev/null; then
		echo "# no tcpdump: checksums not read" >&2
		echo 0
		return
	fi
	tcpdump -nvvr "$1" 2>/dev/null | grep -ciE 'bad (udp )?cksum'
}

test_capture()
{
	background "$b" "$dir/cap" capture -i wb -w "$dir/c.pcap" -n 20000 --timeout 5 \
		--filter esp --dir in
	gen_live --proto esp --spi 1001 --count 20000 >"$dir/gen"
	finish
	is "20000 frames sent" "$(value sent <"$dir/gen")" 20000
	is "20000 frames captured, none dropped" "$status $(value frames <"$dir/cap") $(
		value kernel_drops <"$dir/cap") $(value end <"$dir/cap")" "0 20000 0 count"
	is "in order, none twice" \
		"$(dump "$dir/c.pcap" | awk '$7 != NR { n++ } END { print n + 0 }')" 0
}

test_capture_ends()
{
	background "$b" "$dir/cap" capture -i wb -w "$dir/s.pcap" --filter ah
	in_a "$wire" send -i wa -r "$dir/c.pcap" --count 10 >/dev/null
	gen_live --proto ah --spi 1002 --count 7 >/dev/null
	kill "$job"
	finish
	is "SIGTERM flushes; the filter keeps AH alone" \
		"$status $(value frames <"$dir/cap") $(value end <"$dir/cap") $(
		dump "$dir/s.pcap" | wc -l)" "0 7 signal 7"

	background "$b" "$dir/cap" capture -i wb -w "$dir/s.pcap" --dst 192.0.2.77 --timeout 0.2
	in_a "$wire" send -i wa -r "$dir/c.pcap" --count 10 >/dev/null
	in_a "$wire" send -i wa -r "$dir/c.pcap" --count 5 --dst 192.0.2.77 >/dev/null
	finish
	is "ends when idle; --dst keeps its own" "$status $(value frames <"$dir/cap") $(
		value end <"$dir/cap")" "0 5 idle"
}

# A capture that lost frames must say so: it is stopped while a flood overruns a 1 MiB ring.
test_capture_drops()
{
	local drops sum

	background "$b" "$dir/cap" capture -i wb -w "$dir/d.pcap" --filter esp --ring 1 \
		--timeout 0.3
	kill -STOP "$job"
	in_a "$wire" send -i wa -r "$dir/c.pcap" >/dev/null
	kill -CONT "$job"
	finish
	drops=$(value kernel_drops <"$dir/cap")
	sum=$((drops + $(value frames <"$dir/cap")))
	# The kernel drops before the filter looks: a few neighbour discovery frames count too.
	is "an overrun ring is an error, every frame accounted for" \
		"$status $((drops > 0)) $((sum >= 20000 && sum < 20020))" "1 1 1"
}

test_replay()
{
	background "$b" "$dir/cap" capture -i wb -w "$dir/r.pcap" -n 50000 --timeout 5 --filter esp
	in_a "$wire" send -i wa -r "$dir/c.pcap" --range 100:1100 --count 50000 --cpu 0 >"$dir/send"
	finish
	is "50000 frames replayed from 1000" \
		"$(value sent <"$dir/send") $(value frames <"$dir/cap") $(
		dump "$dir/r.pcap" | cut -d' ' -f7 | sort | uniq -c | grep -c '^ *50 ')" \
		"50000 50000 1000"

	background "$b" "$dir/cap" capture -i wb -w "$dir/r.pcap" -n 20000 --timeout 5 --filter esp
	in_a "$wire" send -i wa -r "$dir/c.pcap" --every 2/0 >"$dir/send0" &
	in_a "$wire" send -i wa -r "$dir/c.pcap" --every 2/1 >"$dir/send1"
	finish
	is "two senders share a stream: each number once" \
		"$(value sent <"$dir/send0") $(value sent <"$dir/send1") $(
		dump "$dir/r.pcap" | cut -d' ' -f7 | sort -u | wc -l)" "10000 10000 20000"
}

test_vlan()
{
	local tags

	for tags in 5 100,200; do
		background "$b" "$dir/cap" capture -i wb -w "$dir/v.pcap" -n 300 --timeout 5
		in_a "$wire" send -i wa -r "$dir/c.pcap" --count 300 --vlan $tags >/dev/null
		finish
		is "tags $tags are back in the captured frame" \
			"$(dump "$dir/v.pcap" | cut -d' ' -f2,5,8 | sort | uniq -c | xargs)" \
			"300 $tags esp $((106 + 4 * $(tr ',' '\n' <<<$tags | wc -l)))"
	done
	"$wire" send -r "$dir/v.pcap" -w "$dir/u.pcap" --untag >/dev/null
	"$wire" send -r "$dir/c.pcap" -w "$dir/first.pcap" --count 300 >/dev/null
	is "untagged they are the frames sent" "$(cmp "$dir/u.pcap" "$dir/first.pcap" 2>&1)" ""
}

mutated()
{
	"$wire" send -r "$dir/$1.pcap" -w "$dir/m.pcap" "${@:2}" >"$dir/send" 2>/dev/null
	dump "$dir/m.pcap"
}

test_mutations()
{
	local proto

	for proto in esp ah natt; do
		gen -w "$dir/g.pcap" --proto $proto "${v4[@]}" --spi 1003 --count 50 >/dev/null
		gen -w "$dir/g6.pcap" --proto $proto "${v6[@]}" --spi 1003 --count 50 >/dev/null
		is "$proto: --seq-add wraps" "$(mutated g --seq-add -2 | head -n 3 | cut -d' ' -f7 |
			xargs)" "4294967295 0 1"
		is "$proto: --seq-set with --seq-step" "$(mutated g6 --seq-set 9 --seq-step 1000 |
			head -n 3 | cut -d' ' -f7 | xargs)" "9 1009 2009"
		is "$proto: --spi" "$(mutated g --spi deadbeef | cut -d' ' -f6 | sort -u)" \
			0xdeadbeef
		is "$proto: --src-random stays in its prefix" \
			"$(mutated g --src-random 198.51.100.64/26 --seed 3 | cut -d' ' -f3 |
			awk -F. '$1$2$3 == "19851100" && $4 >= 64 && $4 < 128' | wc -l) $(
			bad_sums "$dir/m.pcap")" "50 0"
		is "$proto: --src over IPv6" "$(mutated g6 --src 2001:db8:9::9 | cut -d' ' -f3 |
			sort -u) $(bad_sums "$dir/m.pcap")" "2001:db8:9::9 0"
		is "$proto: --flip-icv changes one bit of the ICV" "$(flipped g $proto)" \
			"$([ $proto = ah ] && echo 58 || echo last)"
		is "$proto: --truncate" "$(mutated g --truncate 60 | cut -d' ' -f8 | sort -u)" 60
	done
	is "a change of the wrong family is reported" "$(mutated g --src 2001:db8::9 >/dev/null
		value unmutated <"$dir/send")" 50
}

# flipped NAME PROTO: offset (from 1) of the byte --flip-icv changed in the first frame
flipped()
{
	local size at

	mutated "$1" --count 1 --seq-add 0 >/dev/null
	mv "$dir/m.pcap" "$dir/plain.pcap"
	mutated "$1" --count 1 --flip-icv >/dev/null
	size=$(stat -c %s "$dir/m.pcap")
	at=$(cmp -l "$dir/plain.pcap" "$dir/m.pcap" | awk '{ print $1 }')
	[ "$at" = "$size" ] && echo last || echo $((at - 40))
}

test_short_frames()
{
	local n bad=0

	for proto in esp ah natt; do
		gen -w "$dir/g.pcap" --proto $proto "${v6[@]}" --spi 1004 --count 1 >/dev/null
		for n in $(seq 14 90); do
			mutated g --vlan 5 --truncate "$n" >/dev/null || bad=$((bad + 1))
			cp "$dir/m.pcap" "$dir/cut.pcap"
			mutated cut --seq-add 1 --flip-icv --src 2001:db8::3 --untag >/dev/null ||
				bad=$((bad + 1))
		done
	done
	is "frames cut at every length are read and changed in bounds" $bad 0
}

test_shuffle()
{
	local s bad=(--loss 30 --dup 20 --dup-lag 100 --reorder 100 --reorder-span 31)

	"$wire" shuffle -r "$dir/c.pcap" -w "$dir/x1.pcap" --seed 7 "${bad[@]}" >"$dir/shuffle"
	"$wire" shuffle -r "$dir/c.pcap" -w "$dir/x2.pcap" --seed 7 "${bad[@]}" >/dev/null
	"$wire" shuffle -r "$dir/c.pcap" -w "$dir/x3.pcap" --seed 8 --loss 30 >/dev/null
	s=$(cat "$dir/shuffle")
	is "one seed, one wire" "$(cmp -s "$dir/x1.pcap" "$dir/x2.pcap" && echo same) $(
		cmp -s "$dir/x1.pcap" "$dir/x3.pcap" || echo other)" "same other"
	is "frames out = in - lost + duplicated" "$(dump "$dir/x1.pcap" | wc -l)" \
		"$((20000 - $(value lost <<<"$s") + $(value duplicated <<<"$s")))"
	is "no frame more than lost is missing" "$(dump "$dir/x1.pcap" | cut -d' ' -f7 | sort -u |
		wc -l)" "$((20000 - $(value lost <<<"$s")))"
	is "rates are near what was asked" "$(near "$(value lost <<<"$s")" 600) $(
		near "$(value duplicated <<<"$s")" 388) $(near "$(value displaced <<<"$s")" 1940)" \
		"near near near"
	is "no frame is late by more than the span" "$(lag "$dir/x1.pcap")" \
		"$(value max_lag <<<"$s")"
	is "the span is reached and kept" "$(value max_lag <<<"$s")" 31

	"$wire" shuffle -r "$dir/c.pcap" -w "$dir/x.pcap" --reorder-exact 64 >"$dir/shuffle"
	is "exact reordering: blocks backwards, all there" \
		"$(value max_lag <"$dir/shuffle") $(lag "$dir/x.pcap") $(
		dump "$dir/x.pcap" | sed -n '1p;64p;65p;20000p' | cut -d' ' -f7 | xargs)" \
		"63 63 64 1 128 19969"
}

near() { [ "$1" -gt $(($2 * 8 / 10)) ] && [ "$1" -lt $(($2 * 12 / 10)) ] && echo near; }

# lag FILE: how far, at worst, a number first comes behind the largest before it
lag()
{
	dump "$1" | awk '!seen[$7]++ && m - $7 > l { l = m - $7 } $7 > m { m = $7 }
		END { print l + 0 }'
}

test_udp()
{
	local f

	for f in "192.0.2.1 192.0.2.2" "2001:db8::1 2001:db8::2"; do
		background "$b" "$dir/sink" udp-sink --bind "${f#* }" --port 9000 \
			--out "$dir/list" --count 20000 --idle 3
		in_a "$wire" udp-blast --src "${f% *}" --dst "${f#* }" --port 9000 --count 20000 \
			--size 200 >"$dir/blast"
		finish
		is "20000 datagrams to ${f#* }" \
			"$status $(value sent <"$dir/blast") $(value unique <"$dir/sink") $(
			value socket_drops <"$dir/sink")" "0 20000 20000 0"
		is "the list is every number in order" "$(seq 0 19999 | cmp - "$dir/list" 2>&1)" ""
	done
}

# The sink must see what shuffle did: the two count the same wire independently.
test_udp_shuffled()
{
	local want

	background "$a" "$dir/cap" capture -i wa -w "$dir/q.pcap" -n 3000 --dst 192.0.2.2 \
		--dir out --timeout 5
	in_a "$wire" udp-blast "${v4[@]}" --port 9001 --count 3000 >/dev/null
	finish
	"$wire" shuffle -r "$dir/q.pcap" -w "$dir/q2.pcap" --seed 5 --loss 50 --dup 50 \
		--dup-lag 9 --reorder 200 --reorder-span 20 >"$dir/shuffle"
	want="$((3000 - $(value lost <"$dir/shuffle"))) $(value duplicated <"$dir/shuffle")"
	background "$b" "$dir/sink" udp-sink --bind 192.0.2.2 --port 9001 --out "$dir/list" \
		--idle 0.5
	in_a "$wire" send -i wa -r "$dir/q2.pcap" >/dev/null
	finish
	is "sink and shuffle agree on unique and duplicates" \
		"$(value unique <"$dir/sink") $(value duplicates <"$dir/sink")" "$want"
	is "sink and shuffle agree on the lag" "$(value max_lag <"$dir/sink")" \
		"$(value max_lag <"$dir/shuffle")"
}

test_udp_drops()
{
	background "$b" "$dir/sink" udp-sink --bind 192.0.2.2 --port 9002 --out "$dir/list" \
		--idle 0.3 --rcvbuf 4096
	kill -STOP "$job"
	in_a "$wire" udp-blast "${v4[@]}" --port 9002 --count 1000 >/dev/null
	kill -CONT "$job"
	finish
	is "a full socket is an error, every datagram accounted for" "$status $(($(
		value received <"$dir/sink") + $(value socket_drops <"$dir/sink")))" "1 1000"
}

# refused STATUS COMMAND...: that exit status, one line on stderr, nothing on stdout
refused()
{
	local want=$1 status

	shift
	"$wire" "$@" >"$dir/out" 2>"$dir/err"
	status=$?
	is "refused: xi-wire ${*//$dir\//}" "$status $(wc -l <"$dir/err") $(wc -c <"$dir/out")" \
		"$want 1 0"
}

test_mistakes()
{
	refused 2 nonsense
	refused 2 send -i lo
	refused 2 send -r "$dir/c.pcap" -i no-such-if
	refused 2 send -r "$dir/c.pcap" -w "$dir/o.pcap" --every 2/2
	refused 2 send -r "$dir/c.pcap" -w "$dir/o.pcap" --vlan 4095
	refused 2 send -r "$dir/c.pcap" -w "$dir/o.pcap" --spi 1ffffffff
	refused 2 send -r "$dir/c.pcap" -w "$dir/o.pcap" --range 30000:40000
	refused 2 shuffle -r "$dir/c.pcap" -w "$dir/o.pcap" --loss 1001
	refused 2 gen-unknown -w "$dir/o.pcap" --proto gre
	refused 2 dump -r
	refused 1 dump -r "$dir/absent.pcap"
	echo "not a capture, only a line of text" >"$dir/bad.pcap"
	refused 1 dump -r "$dir/bad.pcap"
	head -c 1001 "$dir/c.pcap" >"$dir/bad.pcap"
	refused 1 dump -r "$dir/bad.pcap"
}

[ -x "$wire" ] || skip_all "build $wire first"
topology
test_generate
test_capture
test_capture_ends
test_capture_drops
test_replay
test_vlan
test_mutations
test_short_frames
test_shuffle
test_udp
test_udp_shuffled
test_udp_drops
test_mistakes
echo "1..$tests"
[ $failed -eq 0 ]
