# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# lib.sh - what the stories share: two gateways, tunnels with fixed keys, the
# wire between them, and the counters of both worlds.
#
#	 gwA                                                     gwB
#	+-------------------------+                     +-------------------------+
#	| lo    198.51.100.1 .. 3 |                     | lo    203.0.113.1 .. 3  |
#	|       2001:db8:a::1     |                     |       2001:db8:b::1     |
#	| eth0  192.0.2.1  02:..a |=====================| eth0  192.0.2.2  02:..b |
#	|       2001:db8::1       |     two queues      |       2001:db8::2       |
#	| hold0 what is recorded  |                     |  ^ xipsecd guards it    |
#	+-------------------------+                     +-------------------------+
#
# gwA is the sender and, with the same interface, the attacker.  `record` lets
# gwA encrypt but keeps the frames from gwB, `inject` puts frames on the wire.
# Counting is exact: `mark`, do something, `expect_grown`.

# shellcheck source=selftests/lib/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/tap.sh"
# shellcheck source=selftests/lib/gw.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/gw.sh"

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
wire=$repo/build/selftests/xi-wire
pins=/sys/fs/bpf/xipsec
work=$(mktemp -d)
trap 'gw_cleanup; rm -rf "$work"' EXIT

mac_a=02:00:00:00:00:0a mac_b=02:00:00:00:00:0b
receivers=(gwB)			# with --third also gwC, which has gwB's addresses
cable=eth0			# where inject sends
# shellcheck disable=SC2034	# the stories ask it
series=$(uname -r | cut -d. -f1,2)

# --- the world ---------------------------------------------------------------

# net_up [--third] [--vlan ID]: neighbours are known, so nothing but what the
# story sends is on the wire.
net_up() {
	local vlan='' name
	while (($#)); do
		case $1 in
		--third) receivers+=(gwC); shift ;;
		--vlan) vlan=$2; shift 2 ;;
		esac
	done
	gw_new gwA "${receivers[@]}"
	gw_link gwA eth0 gwB eth0 queues 2
	((${#receivers[@]} == 1)) || gw_link gwA eth1 gwC eth0 queues 2
	net_configure gwA a b 1 2 198.51.100 203.0.113 "$vlan"
	for name in "${receivers[@]}"; do
		net_configure "$name" b a 2 1 203.0.113 198.51.100 "$vlan"
	done
}

# net_configure NAME SIDE PEER HOST PEERHOST INNER PEERINNER VLAN
net_configure() {
	{
		wire_lines "${@:2}"
		echo "address add $6.1/32 dev lo"
		echo "address add $6.2/32 dev lo"
		echo "address add $6.3/32 dev lo"
		echo "address add 2001:db8:$2::1/128 dev lo nodad"
		[[ $2 != a ]] || echo "link add hold0 type dummy"
		[[ $2 != a ]] || echo "link set hold0 up"
	} | gw "$1" bash -c "echo 0 | tee /proc/sys/net/ipv6/conf/*/{accept_ra,router_solicitations} \
		>/dev/null; ip -batch -"
}

# wire_lines SIDE PEER HOST PEERHOST INNER PEERINNER VLAN
wire_lines() {
	local dev=eth0${7:+.$7}
	echo "link set eth0 address 02:00:00:00:00:0$1"
	[[ -z $7 ]] || echo "link add link eth0 name $dev type vlan id $7"
	echo "link set $dev up"
	echo "address add 192.0.2.$3/24 dev $dev"
	echo "address add 2001:db8::$3/64 dev $dev nodad"
	echo "neighbour replace 192.0.2.$4 lladdr 02:00:00:00:00:0$2 dev $dev nud permanent"
	echo "neighbour replace 2001:db8::$4 lladdr 02:00:00:00:00:0$2 dev $dev nud permanent"
	echo "route add $6.0/24 via 192.0.2.$4 dev $dev"
	echo "route add 2001:db8:$2::/64 via 2001:db8::$4 dev $dev"
}

# --- tunnels -----------------------------------------------------------------

# sa_lines SRC DST SPI: `ip -batch` lines for one SA as tunnel_up was told.
sa_lines() {
	local -i hi=$((t_start >> 32)) lo=$((t_start & 0xffffffff))
	local esn='' encap='' key
	key=00112233445566778899aabb$(printf '%08x' "$(($3))")
	((t_window == 0 || lo == 0)) || esn="replay-seq $lo replay-oseq $lo "
	[[ -z $t_esn ]] || esn+="replay-seq-hi $hi replay-oseq-hi $hi "
	[[ -z $t_esn && -z $t_mixed ]] || esn+="flag${t_esn:+ esn}${t_mixed:+ af-unspec}"
	[[ -z $t_natt ]] || encap='encap espinudp 4500 4500 0.0.0.0'
	echo "xfrm state add src $1 dst $2 proto $t_proto spi $3 reqid $t_reqid mode $t_mode" \
		"replay-window $t_window $esn $(sa_algorithm "$key") $encap"
}

sa_algorithm() {
	case $t_alg in
	gcm)	echo "aead rfc4106(gcm(aes)) 0x${1}cafef00d 128" ;;
	cbc)	echo "enc cbc(aes) 0x$1 auth-trunc hmac(sha256) 0x$1$1 128" ;;
	null)	echo "enc ecb(cipher_null) \"\" auth-trunc hmac(sha1) 0x${1}cafef00d 96" ;;
	ah)	echo "auth-trunc hmac(sha256) 0x$1$1 128" ;;
	esac
}

# policy_lines a|b: for the gateway of this side; what it sends has the tunnel's SPI.
policy_lines() {
	local -A dir=([a]="out in" [b]="in out") spi=([a]="$t_spi 0" [b]="0 $t_back")
	local -a d s
	read -ra d <<<"${dir[$1]}"
	read -ra s <<<"${spi[$1]}"
	echo "xfrm policy update src $t_from dst $t_to dir ${d[0]} tmpl src $t_src dst $t_dst" \
		"proto $t_proto spi ${s[0]} reqid $t_reqid mode $t_mode"
	echo "xfrm policy update src $t_to dst $t_from dir ${d[1]} tmpl src $t_dst dst $t_src" \
		"proto $t_proto spi ${s[1]} reqid $t_reqid mode $t_mode"
}

# tunnel_set [--v6] [--in4] [--proto esp|ah] [--mode tunnel|transport] [--natt]
#	[--window N] [--esn] [--start N] [--alg gcm|cbc|null] [--spi 0xSPI] [--net 1|2|3]
# --start N: both ends have sent and received up to N.  --net: inner addresses;
# the way back has the SPI 0x1000 higher.
tunnel_set() {
	local six='' net=1
	t_mixed=''
	t_proto=esp t_mode=tunnel t_window=64 t_esn='' t_start=0 t_alg=gcm t_natt='' t_spi=0x1001
	while (($#)); do
		case $1 in
		--v6)	six=1; shift; continue ;;
		--in4)	t_mixed=1; shift; continue ;;
		--esn)	t_esn=1; shift; continue ;;
		--natt)	t_natt=1; shift; continue ;;
		--proto) t_proto=$2 ;;
		--mode)	t_mode=$2 ;;
		--window) t_window=$2 ;;
		--start) t_start=$2 ;;
		--alg)	t_alg=$2 ;;
		--spi)	t_spi=$2 ;;
		--net)	net=$2 ;;
		*)	bail "tunnel_set: $1" ;;
		esac
		shift 2
	done
	[[ $t_proto != ah ]] || t_alg=ah
	t_reqid=$net t_back=$(printf '0x%x' $((t_spi + 0x1000)))
	t_src=192.0.2.1 t_dst=192.0.2.2 t_from=198.51.100.$net t_to=203.0.113.$net
	[[ -z $six ]] || { t_src=2001:db8::1; t_dst=2001:db8::2; }
	[[ -z $six || -n $t_mixed ]] || { t_from=2001:db8:a::1; t_to=2001:db8:b::1; }
	[[ $t_mode != transport ]] || { t_from=$t_src; t_to=$t_dst; }
}

# tunnel_up [as tunnel_set]: in all gateways, receivers first.
tunnel_up() {
	local name
	tunnel_set "$@"
	for name in "${receivers[@]}"; do
		{ sa_pair; policy_lines b; } | gw "$name" ip -batch -
	done
	{ sa_pair; policy_lines a; } | gw gwA ip -batch -
	[[ -z $t_natt ]] || natt_sockets
}

sa_pair() {
	sa_lines "$t_src" "$t_dst" "$t_spi"
	sa_lines "$t_dst" "$t_src" "$t_back"
}

# What an IKE daemon has (UDP_ENCAP, UDP_ENCAP_ESPINUDP): the kernel takes ESP out
# of it, and what is left goes to the file natt.GW as a line each.
natt_socket='
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 4500))
s.setsockopt(socket.IPPROTO_UDP, 100, 2)
while True:
	print(s.recv(2048).hex(), flush=True)
'
natt_sockets() {
	local name
	for name in gwA "${receivers[@]}"; do
		gw_bg "$name" python3 -IS -c "$natt_socket" >"$work/natt.$name"
		disown $!
		wait_until 60 grep -q :1194 "/proc/${gw_pid[$name]}/net/udp"	# 4500 in hex
	done
}

# --- the wire ----------------------------------------------------------------

# value KEY FILE: of the last line of xi-wire's output.
value() {
	local line
	line=" $(tail -n 1 "$2")"
	[[ $line =~ [[:space:]]$1=([^ ]+) ]] && echo "${BASH_REMATCH[1]}"
}

# record FILE N [FIRST]: gwA encrypts N numbered datagrams; no one receives them.
record() {
	gw gwA bash -e -s -- "$wire" "$1" "$2" "${3:-1}" "$t_from" "$t_to" "$t_dst" <<-'SHELL'
	ip route add $7 dev hold0
	$1 capture -i hold0 -w $2 -n $3 --dir out --filter ipsec --ready $2.ready --timeout 30 >$2.log &
	until [ -e $2.ready ]; do sleep 0.05; done
	$1 udp-blast --src $5 --dst $6 --port 5000 --count $3 --first $4 >$2.blast
	wait $!
	ip route del $7 dev hold0
	rm $2.ready
	SHELL
}

# inject FILE [xi-wire send options]: from one CPU, so in one queue and in order.
inject() {
	attack send -r "$1" --cpu 0 "${@:2}"
}

# attack send|gen-unknown [its options]: frames from gwA's interface.
attack() {
	gw gwA "$wire" "$1" -i "$cable" --src-mac "$mac_a" --dst-mac "$mac_b" "${@:2}" \
		>"$work/send" || diag <"$work/send"
	awaited=$((awaited + $(value sent "$work/send")))
}

# sink_start GW, sink_stop GW: numbered datagrams that come out of the tunnel;
# the numbers are in $work/GW.sink.
declare -A sink_pid=()
sink_start() {
	rm -f "$work/$1.ready"
	gw_bg "$1" "$wire" udp-sink --bind "$t_to" --port 5000 --out "$work/$1.sink" \
		--ready "$work/$1.ready" >"$work/$1.sinklog"
	sink_pid[$1]=$!
	wait_until 30 test -e "$work/$1.ready"
}

sink_stop() {
	kill -TERM "${sink_pid[$1]}"
	wait "${sink_pid[$1]}" || diag <"$work/$1.sinklog"
}

# expect_sink GW N TEXT: ends the sink; N datagrams came, no number twice.
expect_sink() {
	sink_stop "$1"
	expect_eq "$(value received "$work/$1.sinklog") $(value duplicates "$work/$1.sinklog")" \
		"$2 0" "$3"
}

# expect_guarded TEXT [N [send options]]: N packets arrive, their replays die in XDP.
expect_guarded() {
	local n=${2:-300}
	record "$work/guarded" "$n"
	sink_start gwB
	mark gwB
	inject "$work/guarded" "${@:3}"
	inject "$work/guarded" "${@:3}"
	expect_grown gwB "$1" "SA_UNSTARTED+SA_NEW=$n" "REPLAY_DUP+REPLAY_OLD=$n" \
		XfrmInStateSeqError=0 XfrmInStateProtoError=0
	expect_sink gwB "$n" "$1: all $n arrive, once"
}

expect_ping() {
	expect "$1" gw gwA ping -c1 -W5 -I "$t_from" "$t_to"
}

# --- the guard ---------------------------------------------------------------

# guard_start GW IF [xipsecd options]; log: $work/GW.log
declare -A guard_pid=()
guard_start() {
	local starts
	touch "$work/$1.log"
	starts=$(guard_log_count "$1" 'START: xipsecd')
	gw_bg "$1" "$repo/build/xipsecd" -f -i "${@:2}" 2>>"$work/$1.log"
	guard_pid[$1]=$!
	disown "${guard_pid[$1]}"	# no words of the shell when it is killed
	guard_wait "$1" 'START: xipsecd' $((starts + 1))
}

# guard_wait GW PATTERN [TIMES]: until the log has it so often.
guard_wait() {
	if ! wait_until 60 guard_logged "$@"; then
		diag "$1: no log line '$2'"
		diag <"$work/$1.log"
	fi
}

guard_logged() {
	(($(grep -c -- "$2" "$work/$1.log") >= ${3:-1}))
}

guard_log_count() {
	grep -c -- "$2" "$work/$1.log" || true
}

# guard_stop GW: the daemon ends, what it loaded stays.
guard_stop() {
	kill "-${2:-TERM}" "${guard_pid[$1]}"
	wait_until 30 process_gone "${guard_pid[$1]}"
}

process_gone() {
	! kill -0 "$1"
}

guard_detach() {
	gw "$1" "$repo/build/xipsecd" --detach 2>>"$work/$1.log"
}

# engine GW: what the operator is told of the interfaces.
engine() {
	gw "$1" "$repo/build/xipsec" show crypto engine
}

# --- counters ----------------------------------------------------------------

mapfile -t reasons < <(awk -F'[(,]' '/^\tX\(/ { print $2 }' "$repo/include/xipsec/reasons.h")
awaited=0			# frames injected since the mark

# counters GW: "NAME VALUE" lines, reasons of XDP (IPSEC: all but clear traffic)
# and errors of XFRM.  Read from outside: entering a gateway costs more.
counters() {
	local proc=/proc/${gw_pid[$1]} dump=true
	[[ ! -e $proc/root$pins ]] || dump="bpftool map dump pinned $proc/root$pins/xi_reason"
	$dump | awk -v names="${reasons[*]}" '
		BEGIN { split(names, name, " ") }
		/"key":/ { gsub(/,/, ""); key = $NF }
		/"packets":/ { gsub(/,/, ""); n[key] += $NF }
		/^(Xfrm|Ip6?InDelivers)/ { print $1, $2 }
		END {
			for (key in n) {
				print name[key + 1], n[key]
				if (name[key + 1] !~ /^NOT_IP/)
					seen += n[key]
			}
			print "IPSEC", seen + 0
		}' - "$proc/net/xfrm_stat" "$proc/net/snmp6"
}

mark() {
	counters "$1" >"$work/$1.mark"
	cp "$work/$1.mark" "$work/$1.now"
	awaited=0
}

# settle GW: all that was injected has been judged, and nothing moves any more.
# Leaves the counters in $work/GW.now.
settle() {
	local now='' last end=$((SECONDS + 90))
	while ((SECONDS < end)); do
		last=$now now=$(counters "$1")
		[[ $now == "$last" ]] || continue
		echo "$now" >"$work/$1.now"
		[[ $now == *SA_NEW* ]] && (($(grown "$1" IPSEC) < awaited)) || return 0
	done
	diag "$1 does not come to rest"
}

# grown GW EXPR: from the mark to the last settle; EXPR is names joined by +.
grown() {
	local name value sum=0
	while read -r name value; do
		[[ +$2+ != *+$name+* ]] || sum=$((sum + value))
	done <"$work/$1.now"
	while read -r name value; do
		[[ +$2+ != *+$name+* ]] || sum=$((sum - value))
	done <"$work/$1.mark"
	echo "$sum"
}

# expect_grown GW TEXT EXPR=N...: exact growth since the mark, one result each.
expect_grown() {
	local pair
	settle "$1"
	for pair in "${@:3}"; do
		expect_eq "$(grown "$1" "${pair%=*}")" "${pair##*=}" "$2: ${pair%=*} +${pair##*=}"
	done
}

# window_of GW SPI [50|51]: "epoch=.. top=.. size=.. flags=.. bits=.." of the map.
window_of() {
	local key=$(($2))
	key=$(((key & 0xff) << 24 | (key & 0xff00) << 8 | (key >> 8 & 0xff00) | key >> 24 & 0xff))
	bpftool map dump pinned "/proc/${gw_pid[$1]}/root$pins/xi_window" |
	awk -v spi="$key" -v proto="${3:-50}" '
		{ gsub(/[",:]/, " ") }
		$1 == "spi" { ours = $2 == spi }
		$1 == "proto" { ours = ours && $2 == proto }
		ours && $1 ~ /^(epoch|top|size|flags)$/ { printf "%s=%s ", $1, $2 }
		ours && $1 == "bits" { $1 = ""; gsub(/ /, ","); print "bits=" $0; ours = 0 }'
}

# field KEY TEXT: of "key=value key=value ..."
field() {
	[[ " $2" =~ [[:space:]]$1=([^ ]*) ]] && echo "${BASH_REMATCH[1]}"
}

# sa_of GW SPI: "packets=.. replay-window=.. replay=.. failed=.. top=.." of the kernel.
sa_of() {
	gw "$1" ip -s xfrm state list spi "$2" | sed 's/[(),]/ /g' | awk '
		$1 == "seq-hi" { hi = $2; lo = $4 }
		$1 == "seq" { lo = $2 }
		/packets *$/ && !/limit/ { packets = $3 }
		$1 == "replay-window" && $3 == "replay" { old = $2; dup = $4; failed = $6 }
		END { print packets, old, dup, failed, hi ? hi : 0, lo }' |
	(read -r packets old dup failed hi lo &&
		echo "packets=$packets replay-window=$old replay=$dup failed=$failed" \
			"top=$(((hi << 32) + lo))")
}

# kernel_replays GW: replays that the kernel had to reject itself.
kernel_replays() {
	awk '$1 == "XfrmInStateSeqError" { print $2 }' "/proc/${gw_pid[$1]}/net/xfrm_stat"
}
