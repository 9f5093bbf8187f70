# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# For the scripts beside it, which run in the guest. PFQ_KO is the module, PFQ_STAMPING_KO a
# device that stamps packets (stamping/), PFQ_BUILD the build tree. Two namespaces are joined
# by a veth pair:
#
#	a: va 10.7.0.1/24 ------ vb 10.7.0.2/24 :b

set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../lib/say.sh"
. "$(dirname "${BASH_SOURCE[0]}")/../../lib/wire.sh"
NS_A=a			# for in_a() and promiscuity()
T=$(mktemp -d)
LIBS=$PFQ_BUILD/libpcap-pfq/stage/pfq:$PFQ_BUILD/lib/.libs
export PFQ_SOCKET=/dev/pfq
guest_cleanup()
{
	local ns

	# shellcheck disable=SC2046 # one word a process
	kill $(jobs -p) 2> /dev/null
	for ns in a b c; do
		[ ! -e /run/netns/$ns ] || ip netns del $ns
	done
}
trap 'guest_cleanup || true' EXIT

load()
{
	insmod "$PFQ_KO" "$@" || fail "insmod $PFQ_KO"
}

wire()
{
	modprobe veth 2> /dev/null || true	# unless it is built in
	ip netns add a
	ip netns add b
	ip link add va netns a type veth peer name vb netns b
	ip -n a addr add 10.7.0.1/24 dev va
	ip -n b addr add 10.7.0.2/24 dev vb
	# The hosts send nothing by themselves.
	ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2> /dev/null || true
	ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2> /dev/null || true
	for ns in a b; do
		ip -n $ns link set lo up
	done
	ip -n a link set va up
	ip -n b link set vb up
}

# our_tcpdump NAME ARGS...: start it in a, by the command in RUN. Its output goes to
# $T/NAME.out and .err, its process id to PID[NAME].
declare -A PID
RUN=()
our_tcpdump()
{
	local name=$1
	shift
	ip netns exec a "${RUN[@]}" env LD_LIBRARY_PATH="$LIBS" tcpdump -Z root "$@" \
		> "$T/$name.out" 2> "$T/$name.err" &
	PID[$name]=$!
	wait_for_tcpdump "$name"
}

# wait_for_tcpdump NAME: wait until this new tcpdump listens
wait_for_tcpdump()
{
	for _ in $(seq 300); do
		grep -q 'listening on' "$T/$1.err" && return
		kill -0 "${PID[$1]}" 2> /dev/null || break
		sleep 0.1
	done
	cat "$T/$1.err" >&2
	fail "tcpdump $1 does not listen"
}

# Start pfqd with $T/conf, whose socket is $T/sock.
start_pfqd()
{
	ip netns exec a "$PFQ_BUILD/pfqd/pfqd" -c "$T/conf" 2> "$T/pfqd.log" &
	PID[pfqd]=$!
	for _ in $(seq 300); do
		! grep -q listening "$T/pfqd.log" || break
		kill -0 "${PID[pfqd]}" 2> /dev/null || break
		sleep 0.1
	done
	grep -q listening "$T/pfqd.log" || fail "pfqd does not start: $(cat "$T/pfqd.log")"
	export PFQ_SOCKET=$T/sock
}

stop_pfqd()
{
	kill "${PID[pfqd]}"
	wait "${PID[pfqd]}" || fail "pfqd: $(cat "$T/pfqd.log")"
}

stop_tcpdump()
{
	kill -TERM "${PID[$1]}"
	wait "${PID[$1]}" || fail "tcpdump $1 ended with $?"
}

# in_summary NAME WORD: print the number before WORD in tcpdump's summary
in_summary()
{
	sed -n "s/^\([0-9]*\) packets* $2.*/\1/p" "$T/$1.err"
}

# free_pages: print the number of free huge pages in the pool
free_pages()
{
	awk '/^HugePages_Free/ { print $2 }' /proc/meminfo
}

# pages_are_back N: wait until N pages are free again and none is reserved. A ring is freed
# some time after its end.
pages_are_back()
{
	local _

	for _ in $(seq 50); do
		[ "$(free_pages)" -ne "$1" ] || break
		sleep 0.1
	done
	[ "$(free_pages)" -eq "$1" ] || fail "huge pages were lost: $(grep HugePages /proc/meminfo)"
	grep -q "^HugePages_Rsvd: *0$" /proc/meminfo ||
		fail "huge pages stay reserved: $(grep HugePages /proc/meminfo)"
}

# kmemleak_is_clean WHEN: kmemleak finds no lost memory of the module. It scans several
# times, because an object that moves may look lost once. After the module is gone, its
# functions have no names.
kmemleak_is_clean()
{
	local i leaks=/sys/kernel/debug/kmemleak

	[ -e $leaks ] || return 0
	for i in 1 2 3; do
		sleep 5
		echo scan > $leaks || fail "kmemleak has turned itself off"
	done
	if grep -qE 'pfq|\] 0xffffffffc' $leaks; then
		cat $leaks
		fail "memory was leaked, as seen $1"
	fi
	echo "kmemleak $1: $(grep -c '^unreferenced' $leaks || true) objects, none of them pfq's"
}

# Remove the module. It leaves no memory behind, as far as this kernel can tell.
gone()
{
	local i

	[ ! -e /sys/kernel/debug/kmemleak ] || kmemleak_is_clean "with the module"
	for ((i = 0; i < 100; i++)); do
		! rmmod pfq 2> /dev/null || break
		sleep 0.1
	done
	[ ! -d /sys/module/pfq ] || fail "the module cannot be removed: $(lsmod | grep '^pfq')"
	ip netns pids a | xargs -r kill -KILL
	kmemleak_is_clean "without it"
	still_watched
}

# The kernel's checks are still on. A check that found a fault or ran out of room turns
# itself off and reports nothing more.
still_watched()
{
	local stats=/proc/lockdep_stats

	[ -e $stats ] || return 0
	grep -q 'debug_locks: *1$' $stats || fail "lockdep is off: $(dmesg | tail -n 50)"
	! dmesg | grep -E -e 'ODEBUG: Out of memory|ODEBUG: .*disabled' \
		-e 'kmemleak: .*disabled|MAX_LOCK[A-Z_]* too low' ||
		fail "a check of the kernel is off"
	echo "still on: lockdep ($(sed -n 's/ lock-classes: *\([0-9]*\).*/\1/p' $stats) classes)," \
		"kmemleak, ODEBUG"
}
