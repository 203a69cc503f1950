# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# gw.sh - gateways as pseudo containers.  A gateway is a network, mount and UTS
# namespace held open by a sleeping process:
#
#	 gw_new west			 gw_new east
#	+------------------+		+------------------+
#	| eth0  10.0.0.1/24|===========| 10.0.0.2/24 eth0 |   gw_link west eth0 east eth0
#	| /sys  its own    |		| /sys  its own    |   gw_addr west eth0 10.0.0.1/24
#	| /sys/fs/bpf empty|		| /sys/fs/bpf empty|
#	| /run        empty|		| /run        empty|   gw west COMMAND...
#	+------------------+		+------------------+
#
# So /run/xipsec and /sys/fs/bpf/xipsec are what they are on a real box, for
# each gateway apart, and pins outlive a killed daemon because the holder still
# has the file system mounted.  Names live in the shell that made them: tests
# that run side by side do not meet.  Everything goes away with gw_cleanup,
# which is set as the EXIT trap here; a test with a trap of its own calls it.

declare -gA gw_pid=()		# name -> process that holds the namespaces

# gw_new NAME [NAME...]
gw_new() {
	local name fd line
	for name; do
		[[ -z ${gw_pid[$name]:-} ]] || { echo "gw: $name exists" >&2; return 1; }
		exec {fd}< <(exec unshare --net --mount --uts --propagation private \
			/bin/bash -c "$gw_holder" holder "$name" </dev/null)
		gw_pid[$name]=$!
		read -r -t 60 line <&"$fd" || line=''
		exec {fd}<&-
		[[ $line == ready ]] || { echo "gw: cannot set up $name" >&2; return 1; }
	done
}

# Stderr stays the test's, so a failing mount is seen; stdout says we are done.
# shellcheck disable=SC2016	# the holder's variables
gw_holder='
set -e
mount -t sysfs -o nosuid,noexec,nodev sys /sys
mount -t bpf -o mode=0700 bpf /sys/fs/bpf
mount -t tmpfs -o mode=0755 run /run
mkdir /run/lock
[ ! -d /sys/kernel/tracing ] || mount -t tracefs trace /sys/kernel/tracing 2>/dev/null || true
hostname "$1"
ip link set lo up
echo ready
exec sleep infinity >/dev/null 2>&1
'

# gw NAME COMMAND...: run inside, in the same working directory.
gw() {
	nsenter --target "${gw_pid[$1]:?no gateway $1}" --net --mount --uts --wdns="$PWD" -- "${@:2}"
}

# gw_bg NAME COMMAND...: the same in the background; $! is COMMAND's own pid.
# Returns once it is inside, so that gw_del cannot overlook it.
gw_bg() {
	nsenter --target "${gw_pid[$1]:?no gateway $1}" --net --mount --uts --wdns="$PWD" -- "${@:2}" &
	until [[ /proc/$!/ns/mnt -ef /proc/${gw_pid[$1]}/ns/mnt || ! -e /proc/$! ]]; do
		sleep 0.02
	done
}

# gw_link A IFA B IFB [queues N]: a cable.
gw_link() {
	local a=${gw_pid[$1]:?} b=${gw_pid[$3]:?}
	local -a queues=()
	[[ ${5:-} != queues ]] || queues=(numrxqueues "$6" numtxqueues "$6")
	ip link add name "$2" netns "$a" "${queues[@]}" type veth \
		peer name "$4" netns "$b" "${queues[@]}" &&
		gw "$1" ip link set "$2" up &&
		gw "$3" ip link set "$4" up
}

# gw_addr NAME IF ADDRESS/LEN...: usable at once (no duplicate detection).
gw_addr() {
	local name=$1 interface=$2 address
	for address in "${@:3}"; do
		case $address in
		*:*)	gw "$name" ip address add "$address" dev "$interface" nodad ;;
		*)	gw "$name" ip address add "$address" dev "$interface" ;;
		esac || return
	done
}

# gw_route NAME ip-route-arguments..., gw_sysctl NAME key=value...
gw_route() {
	gw "$1" ip route add "${@:2}"
}

gw_sysctl() {
	gw "$1" sysctl -qw "${@:2}"
}

# gw_bind NAME SOURCE TARGET: TARGET inside shows SOURCE.
gw_bind() {
	gw "$1" mount --bind "$2" "$3"
}

# gw_pids NAME: the processes inside, except the holder.
gw_pids() {
	local dir holder=${gw_pid[$1]:?no gateway $1}
	for dir in /proc/[0-9]*; do
		[[ $dir == "/proc/$holder" || ! $dir/ns/net -ef /proc/$holder/ns/net ]] ||
			echo "${dir#/proc/}"
	done
}

# gw_del NAME...: ends what runs inside; the kernel removes the rest.
gw_del() {
	local name pids
	for name; do
		[[ -n ${gw_pid[$name]:-} ]] || continue
		while pids=$(gw_pids "$name") && [[ -n $pids ]]; do
			# shellcheck disable=SC2086	# numbers
			kill -KILL $pids 2>/dev/null || true
		done
		kill -KILL "${gw_pid[$name]}" 2>/dev/null || true
		unset "gw_pid[$name]"
	done
}

gw_cleanup() {
	gw_del "${!gw_pid[@]}"
}
trap gw_cleanup EXIT

# --- strongSwan as a peer ----------------------------------------------------

# gw_swan NAME FOLDER: start strongSwan inside NAME.  FOLDER is a swanctl folder
# (swanctl.conf, and x509ca, private, ... as needed); a strongswan.conf in it is
# read after Debian's.  Log: /run/charon.log inside.
gw_swan() {
	local name=$1 folder=$2
	# shellcheck disable=SC2016	# likewise
	gw "$name" /bin/bash -ec '
		mkdir -p /run/swanctl/{bliss,conf.d,ecdsa,pkcs12,pkcs8,private,pubkey,rsa} \
			/run/swanctl/{x509,x509aa,x509ac,x509ca,x509crl,x509ocsp}
		cp -r "$1/." /run/swanctl
		mount --bind /run/swanctl /etc/swanctl
		{
			echo "include /etc/strongswan.conf"
			echo "charon { filelog { log { path = /run/charon.log"
			echo "time_format = %H:%M:%S"
			echo "flush_line = yes"
			echo "} } }"
			[[ ! -e $1/strongswan.conf ]] || cat "$1/strongswan.conf"
		} >/run/strongswan.conf
	' swan "$folder" || return
	STRONGSWAN_CONF=/run/strongswan.conf \
		gw_bg "$name" charon-systemd </dev/null >/dev/null 2>&1
	wait_until 60 gw "$name" swanctl --stats || {
		echo "gw: strongSwan in $name does not answer" >&2
		gw "$name" cat /run/charon.log >&2
		return 1
	}
}

# gw_swan_load NAME: (again) read connections, credentials, pools.
gw_swan_load() {
	gw "$1" swanctl --load-all --noprompt
}

# gw_swan_initiate NAME CHILD
gw_swan_initiate() {
	gw "$1" swanctl --initiate --child "$2" --timeout 60
}
