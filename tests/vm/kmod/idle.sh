#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Without a bound device the module hooks nothing. This holds after loading, and again after
# a sniffing and a tapping group have ended. No function of the module runs while packets
# pass, no timer of it is set, and the device is as before. While a device is bound, each of
# these checks does report it.
. "$(dirname "$0")/lib.sh"

trace=/sys/kernel/tracing
[ -d $trace/events ] || mount -t tracefs tracefs $trace
[ -e $trace/set_ftrace_filter ] || skip "this kernel has no function tracer"
modprobe bridge 2> /dev/null || true

# Print the kernel's static branches in the packet path, which are patched in for their
# users only.
keys()
{
	"$PFQ_BUILD/tests/vm/kmod-word" netstamp_needed_key ingress_needed_key egress_needed_key \
		generic_xdp_needed_key
}

# runs COMMAND...: print how often functions of the module ran during COMMAND
runs()
{
	echo 0 > $trace/tracing_on
	echo > $trace/trace
	echo '*:mod:pfq' > $trace/set_ftrace_filter
	echo function > $trace/current_tracer
	echo 1 > $trace/events/pfq/enable
	echo 1 > $trace/tracing_on
	"$@"
	echo 0 > $trace/tracing_on
	grep -cv '^#' $trace/trace || true
	echo 0 > $trace/events/pfq/enable
	echo nop > $trace/current_tracer
}

packets()
{
	in_a busybox ping -q -A -c 30 10.7.0.2 > /dev/null || fail "the wire does not work"
	sleep 0.3
}

unanswered() { in_a busybox ping -q -c 3 -W 1 10.7.0.2 > /dev/null || true; }
hooks() { in_a cat /proc/net/ptype | grep -c '\[pfq\]' || true; }
timers() { grep -c '\[pfq\]' /proc/timer_list || true; }
timer_is_seen()
{
	local ping i seen=1

	in_a busybox ping -q -A -w 20 10.7.0.2 > /dev/null &
	ping=$!
	for ((i = 0; i < 200 && seen; i++)); do
		[ "$(timers)" -eq 0 ] || seen=0
	done
	kill $ping
	wait $ping || true
	return $seen
}

# idle WHEN: the module has left no trace
idle()
{
	local calls

	calls=$(runs packets)
	[ "$calls" -eq 0 ] || fail "$1: functions ran: $(head -n 40 $trace/trace)"
	[ "$(hooks)" -eq 0 ] || fail "$1: $(in_a cat /proc/net/ptype)"
	[ "$(timers)" -eq 0 ] || fail "$1: a timer: $(grep '\[pfq\]' /proc/timer_list)"
	[ "$(promiscuity va)" -eq 0 ] || fail "$1: promiscuity $(promiscuity va)"
	keys | cmp - "$T/keys" || fail "$1: $(keys), before it was $(cat "$T/keys")"
	! grep -q hook /sys/kernel/debug/pfq/state || fail "$1: $(cat /sys/kernel/debug/pfq/state)"
	# The rx_handler of the device is free.
	ip -n a link set va master br0 || fail "$1: no bridge can have the device"
	ip -n a link set va nomaster
	echo "$1: $calls calls"
}

# bound MODE: with pfqd, a group and a member, the checks find the module
bound()
{
	local calls

	printf '%s\n' '[pfqd]' 'engine = kernel' "socket = $T/sock" '[group g]' 'device = va' \
		"mode = $1" 'promisc = yes' > "$T/conf"
	start_pfqd
	our_tcpdump "$1" -i pfq@g -w /dev/null
	if [ "$1" = sniff ]; then
		calls=$(runs packets)
		[ "$(hooks)" -eq 1 ] || fail "sniff: $(hooks) hooks, not one"
		timer_is_seen || fail "the test has seen no timer"
	else
		# A tapped host does not answer.
		calls=$(runs unanswered)
		! ip -n a link set va master br0 2> /dev/null ||
			fail "tap: a bridge can also use the device"
	fi
	[ "$calls" -gt 10 ] || fail "$1: $calls calls of functions are too few: the test sees none"
	[ "$(promiscuity va)" -eq 1 ] || fail "$1: promiscuity $(promiscuity va)"
	echo "$1: $calls calls"
	stop_tcpdump "$1"
	stop_pfqd
}

wire
ip -n a link add br0 type bridge
packets
keys > "$T/keys"
! grep -q missing "$T/keys" || fail "$(cat "$T/keys")"
load
idle "loaded"
bound sniff
idle "after a sniffing group"
bound tap
idle "after a tapping group"
gone
echo "PASS"
