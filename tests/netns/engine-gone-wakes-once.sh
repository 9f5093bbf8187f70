#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A program with an event loop is woken once when pfqd ends, not at all while it is away, and once
# when it is back. On a busy machine pfqd may need longer than a read waits for it, which makes
# further wake-ups; the best of several times counts.
#
# Alone: the pfqd of a busy machine needs longer each time
. "$(dirname "$0")/../lib.sh"
begin
[ "$ENGINE" = user ] || skip "the kernel engine does not end"
need "$TOOLS/pfq-epoll"
wire_up
start_group demo steer=flow ring=1M
background loop env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" \
	"$TOOLS/pfq-epoll" pfq@demo "$T/pcap/loop.pcap"
wait_members demo 1

# wakes: print the program's wake-ups until now
wakes()
{
	local lines

	lines=$(wc -l <"$T/loop.out")
	kill -USR1 "${PID[loop]}"
	wait_for 10 "the report of pfq-epoll" more_lines "$lines"
	awk 'END { print $2 }' "$T/loop.out"
}

more_lines()
{
	[ "$(wc -l <"$T/loop.out")" -gt "$1" ]
}

best_gone=99 best=99
for ((i = 0; i < 6 && best + best_gone > 2; i++)); do
	before=$(wakes)
	crash_engine
	sleep 0.3
	gone=$(wakes)
	before=$((gone - before))
	[ $before -ge 1 ] && [ $before -le 3 ] || fail "$before wake-ups when pfqd has ended"
	[ $before -ge $best_gone ] || best_gone=$before
	sleep 1
	[ "$(wakes)" -eq "$gone" ] || fail "wake-ups while pfqd is away"
	launch_engine
	wait_members demo 1
	sleep 0.3
	back=$(($(wakes) - gone))
	# the socket, HELLO, JOIN
	[ $back -ge 1 ] && [ $back -le 3 ] || fail "$back wake-ups when pfqd is back"
	[ $back -ge $best ] || best=$back
done
[ $best_gone -eq 1 ] || fail "never fewer than $best_gone wake-ups when pfqd has ended"
[ $best -eq 1 ] || fail "never fewer than $best wake-ups when pfqd is back"
frames b --kinds udp4 --packets 100
drain
kill -INT "${PID[loop]}"
ended loop || fail "pfq-epoll: status $?: $(cat "$T/loop.err")"
awk 'END { exit $6 != 100 }' "$T/loop.out" || fail "$(cat "$T/loop.out")"
