#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfqd is killed ten times under traffic. Four unmodified tcpdumps in a steered group and a
# program with an event loop go on: each packet is in one file at most, the order is kept, and
# packets are missing only from the times without pfqd. Statistics go on, too.
. "$(dirname "$0")/../lib.sh"
begin
[ "$ENGINE" = user ] || skip "the kernel engine does not end"
need "$TOOLS/pfq-numbers" "$TOOLS/pfq-epoll"
wire_up
KILLS=10
RATE=2000
SECONDS_SENT=$((3 * KILLS))
members="part0 part1 part2 part3"

now()
{
	date +%s.%N
}

start_group demo steer=flow ring=4M "access=root 0666"
start_members demo part 4
background loop env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" \
	"$TOOLS/pfq-epoll" pfq@demo "$T/pcap/loop.pcap"
wait_for 10 "pfq-epoll" grep -q ready "$T/loop.out"
wait_members demo 5
background send ip netns exec "$NS_B" \
	"$TOOLS/pfq-numbers" send wire1 $RATE $SECONDS_SENT 500 "$T/sent"

# Packets that pfqd has not read yet when it is killed, of the last 50 ms, are lost with it.
periods=
for ((i = 0; i < KILLS; i++)); do
	sleep 1
	kill -0 "${PID[send]}" || fail "the traffic has ended before pfqd was killed $KILLS times"
	from=$(awk -v now="$(now)" 'BEGIN { printf "%.6f", now - 0.05 }')
	crash_engine
	[ $((i % 2)) -eq 0 ] || sleep 0.3
	launch_engine
	wait_members demo 5
	periods=$periods${periods:+,}$from-$(now)
done
ended send $((2 * SECONDS_SENT)) || fail "the sender: $(cat "$T/send.err")"
drain
stats_add_up

kill -INT "${PID[loop]}"
ended loop || fail "pfq-epoll: status $?: $(cat "$T/loop.err")"
# shellcheck disable=SC2086 # words
stop_captures $members
# shellcheck disable=SC2046,SC2086
"$TOOLS/pfq-numbers" check "$T/sent" "$periods" $(pcap $members loop) \
	>"$T/check.out" 2>"$T/check.err" ||
	fail "$(cat "$T/check.out" "$T/check.err") periods $periods"
cat "$T/check.out"
# All have a share, and the times without pfqd are short.
awk -v sent=$((RATE * SECONDS_SENT)) '
	{ for (i = 1; i <= 5; i++) if ($i < sent / 40) exit 1
	  if ($8 + 0 > sent / 2) exit 1 }' "$T/check.out" || fail "shares: $(cat "$T/check.out")"

# Each program has counted all of its packets, those of earlier engines too.
awk '{ exit !($6 == $8 && $10 == 0 && $6 > 0) }' <(tail -n 1 "$T/loop.out") ||
	fail "the statistics of pfq-epoll: $(tail -n 1 "$T/loop.out")"
for name in $members; do
	captured=$(awk '/packets captured/ { print $1 }' "$T/$name.err")
	received=$(awk '/received by filter/ { print $1 }' "$T/$name.err")
	[ "$captured" -gt 0 ] && [ "$captured" -eq "$received" ] ||
		fail "$name: $captured captured, $received received"
done
stop_engine
