# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# For the scripts beside it, which run in the guest: PFQ_KO is the module,
# PFQ_BUILD the build tree. Two namespaces, joined by a veth pair:
#
#	a: va 10.7.0.1/24 ------ vb 10.7.0.2/24 :b

set -euo pipefail
T=$(mktemp -d)
LIBS=$PFQ_BUILD/libpcap-pfq/stage/pfq:$PFQ_BUILD/lib/.libs
export PFQ_SOCKET=/dev/pfq
ended()
{
	local ns

	# shellcheck disable=SC2046 # one word a process
	kill $(jobs -p) 2> /dev/null
	for ns in a b c; do
		[ ! -e /run/netns/$ns ] || ip netns del $ns
	done
}
trap 'ended || true' EXIT

fail()
{
	echo "FAIL: $*" >&2
	exit 1
}

load()
{
	insmod "$PFQ_KO" "$@" || fail "insmod $PFQ_KO"
}

wire()
{
	modprobe veth 2> /dev/null || true	# it may be built in
	ip netns add a
	ip netns add b
	ip link add va netns a type veth peer name vb netns b
	ip -n a addr add 10.7.0.1/24 dev va
	ip -n b addr add 10.7.0.2/24 dev vb
	# no traffic of the hosts' own
	ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2> /dev/null || true
	ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2> /dev/null || true
	for ns in a b; do
		ip -n $ns link set lo up
	done
	ip -n a link set va up
	ip -n b link set vb up
}

in_a()
{
	ip netns exec a "$@"
}

# our_tcpdump NAME ARGS...: in a, its output in $T/NAME.out and .err, its process in PID[NAME]
declare -A PID
our_tcpdump()
{
	local name=$1
	shift
	ip netns exec a env LD_LIBRARY_PATH="$LIBS" tcpdump -Z root "$@" > "$T/$name.out" 2> "$T/$name.err" &
	PID[$name]=$!
	for _ in $(seq 100); do
		grep -q 'listening on' "$T/$name.err" && return
		kill -0 "${PID[$name]}" 2> /dev/null || break
		sleep 0.1
	done
	cat "$T/$name.err" >&2
	fail "tcpdump $name does not listen"
}

stop_tcpdump()
{
	kill -TERM "${PID[$1]}"
	wait "${PID[$1]}" || fail "tcpdump $1 ended with $?"
}

# the figure before WORD in NAME's summary
summary()
{
	sed -n "s/^\([0-9]*\) packets* $2.*/\1/p" "$T/$1.err"
}

# The module goes, and leaves no memory behind, as far as this kernel can tell.
gone()
{
	local i leaks=/sys/kernel/debug/kmemleak

	for ((i = 0; i < 100; i++)); do
		! rmmod pfq 2> /dev/null || break
		sleep 0.1
	done
	[ ! -d /sys/module/pfq ] || fail "the module does not go: $(lsmod | grep '^pfq')"
	ip netns pids a | xargs -r kill -KILL
	[ -e $leaks ] || return 0
	# what it finds but once may only have been moved
	for i in 1 2 3; do
		sleep 5
		echo scan > $leaks
	done
	if grep -q pfq $leaks; then
		cat $leaks
		fail "memory was leaked"
	fi
	echo "kmemleak: $(grep -c '^unreferenced' $leaks || true) objects, none of them pfq's"
}
