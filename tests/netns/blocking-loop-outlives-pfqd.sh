#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A program waits for its descriptor, and reads by a blocking handle when it is readable. The read
# returns without a packet when pfqd has ended or has removed the group, while pfqd is away, and
# when it is back: the program's other descriptors must not wait for the next packet.
. "$(dirname "$0")/../lib.sh"
begin
[ "$ENGINE" = user ] || skip "the kernel engine does not end"
need "$TOOLS/pfq-epoll"
wire_up
start_group demo steer=flow ring=1M
background loop env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" \
	"$TOOLS/pfq-epoll" -b pfq@demo "$T/pcap/loop.pcap"
wait_members demo 1

# wakes: print the program's wake-ups until now, if it answers
wakes()
{
	local lines

	lines=$(wc -l <"$T/loop.out")
	kill -USR1 "${PID[loop]}"
	wait_for 10 "pfq-epoll to leave its read" more_lines "$lines"
	awk 'END { print $2 }' "$T/loop.out"
}

more_lines()
{
	[ "$(wc -l <"$T/loop.out")" -gt "$1" ]
}

# woken_since COUNT: has the program been woken more often?
woken_since()
{
	[ "$(wakes)" -gt "$1" ]
}

for ((i = 0; i < 3; i++)); do
	before=$(wakes)
	crash_engine
	wait_for 10 "the end of pfqd to wake the program" woken_since "$before"
	# another file in the socket's folder also wakes it
	before=$(wakes)
	: >"$T/pfqd.sock.other"
	rm "$T/pfqd.sock.other"
	before=$(wakes)
	launch_engine
	wait_members demo 1
	wait_for 10 "the start of pfqd to wake the program" woken_since "$before"
done
before=$(wakes)
ctl group del demo
wait_for 10 "the end of the group to wake the program" woken_since "$before"
ctl group add demo device=wire0 steer=flow ring=1M
wait_members demo 1
wakes >/dev/null
frames b --kinds udp4 --packets 100
drain
kill -INT "${PID[loop]}"
ended loop 10 || fail "pfq-epoll: status $?: $(cat "$T/loop.err")"
awk 'END { exit $6 != 100 }' "$T/loop.out" || fail "$(cat "$T/loop.out")"
stop_engine
