#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A service manager that keeps descriptors restarts pfqd, in order and after it was killed. Members
# that have given up root go on, also as members of a group that only root may join. The packets in
# a ring stay there, each packet is in one file at most, and the order is kept.
. "$(dirname "$0")/../lib.sh"
begin
[ "$ENGINE" = user ] || skip "the kernel engine does not end"
need "$TOOLS/pfq-numbers" "$TOOLS/pfq-manager"
wire_up
RESTARTS=4
RATE=2000
SECONDS_SENT=$((6 * RESTARTS))
members="part0 part1 part2"

now()
{
	date +%s.%N
}

# pfqd_pid: print the process that pfq-manager has started last
pfqd_pid()
{
	sed -n 's/^started //p' "$T/engine.out" | tail -n 1
}

# started N: pfqd was started N times
started()
{
	[ "$(grep -c '^started ' "$T/engine.out")" -eq "$1" ]
}

# stored N: the manager keeps N descriptors
stored()
{
	[ "$(grep '^stored ' "$T/engine.out" | tail -n 1)" = "stored $1" ]
}

engine_configure <<-END
[group demo]
device = wire0
steer = flow
ring = 4M
END
background engine ip netns exec "$NS_A" "$TOOLS/pfq-manager" "$T/notify" "$PFQD" -c "$T/engine.conf"
wait_for 20 "the engine, see engine.err" engine_is_up
for name in $members late; do
	capture "$name" pfq@demo -Z nobody
done
wait_members demo 4
# the shares, too
wait_for 5 "4 connections to be kept" stored 5
stop_captures late
wait_for 5 "a connection that has ended to be dropped" stored 4
wait_members demo 3
background send ip netns exec "$NS_B" \
	"$TOOLS/pfq-numbers" send wire1 $RATE $SECONDS_SENT 500 "$T/sent"

periods=
for ((i = 0; i < RESTARTS; i++)); do
	sleep 1
	kill -0 "${PID[send]}" || fail "the traffic has ended before $RESTARTS restarts"
	# a ring that nobody reads for a while keeps its packets
	[ $i -ne 2 ] || { kill -STOP "${PID[part1]}"; sleep 0.5; }
	from=$(awk -v now="$(now)" 'BEGIN { printf "%.6f", now - 0.05 }')
	if [ $((i % 2)) -eq 0 ]; then
		kill -HUP "${PID[engine]}"
	else
		kill -KILL "$(pfqd_pid)"
	fi
	wait_for 10 "the next pfqd" started $((i + 2))
	[ $i -ne 2 ] || { wait_members demo 2; kill -CONT "${PID[part1]}"; }
	wait_members demo 3
	periods=$periods${periods:+,}$from-$(now)
done
grep -q "3 connections of the last pfqd taken over" "$T/engine.err" || fail "nothing was taken over"
ended send $((2 * SECONDS_SENT)) || fail "the sender: $(cat "$T/send.err")"
drain
stats_add_up
# shellcheck disable=SC2086 # words
stop_captures $members
# shellcheck disable=SC2046,SC2086
"$TOOLS/pfq-numbers" check "$T/sent" "$periods" $(pcap $members) \
	>"$T/check.out" 2>"$T/check.err" ||
	fail "$(cat "$T/check.out" "$T/check.err") periods $periods"
cat "$T/check.out"
awk -v sent=$((RATE * SECONDS_SENT)) '
	{ for (i = 1; i <= 3; i++) if ($i < sent / 20) exit 1 }' "$T/check.out" ||
	fail "shares: $(cat "$T/check.out")"
wait_for 5 "the members' connections to be dropped" stored 1
stop_engine
