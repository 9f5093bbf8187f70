#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A user connects to pfqd ten thousand times a second. Members get every packet, others get an
# answer to HELLO and join, and pfqd keeps no descriptor.
#
# Alone: it takes a CPU, and measures the delay of HELLO
. "$(dirname "$0")/../lib.sh"
begin
need "$TOOLS/pfq-connects" "$TOOLS/pfq-delays"
wire_up
RATE=10000
SECONDS_EACH=4

# delays NAME: measure HELLO as root
delays()
{
	background "$1" ip netns exec "$NS_A" env LD_LIBRARY_PATH="$T/lib" \
		"$TOOLS/pfq-delays" hello $SECONDS_EACH
}

# p50 NAME: print the median in microseconds
p50()
{
	sed -n 's/.*p50 \([0-9]*\) us.*/\1/p' "$T/$1.out"
}

start_group demo steer=copy
reference wire wire0
capture stays pfq@demo
BEFORE=$(engine_fds_at_rest)
delays alone
ended alone 30 || fail "HELLO: $(cat "$T/alone.err")"

background storm ip netns exec "$NS_A" setpriv --reuid=daemon --regid=nogroup --clear-groups \
	--inh-caps=-all --bounding-set=-all \
	"$TOOLS/pfq-connects" $RATE $(((SECONDS_EACH + 2) * PATIENCE))
delays beside
frames b --kinds udp4,tcp6 --packets 4000 --rate 2000
capture joins pfq@demo
ended beside 30 || fail "HELLO during the storm: $(cat "$T/beside.err")"
kill -0 "${PID[storm]}" || fail "the storm was over before the HELLOs"
ended storm 30 || fail "the storm: $(cat "$T/storm.err")"
rate=$(awk '{ print $(NF - 2) }' "$T/storm.out")
machine_is_busy || [ "$rate" -ge $((RATE * 9 / 10)) ] || fail "only $rate connects a second"
echo "HELLO alone: $(cat "$T/alone.out")"
echo "HELLO during $(cat "$T/storm.out"): $(cat "$T/beside.out")"

frames b --kinds udp4 --packets 100
drain
stats_add_up
wait_for 10 "pfqd to close the connections" \
	engine_has_fds $((BEFORE + $(engine_member_fds)))
stop_captures stays joins wire
check --reference wire stays
[ "$(packets_in joins)" -ge 100 ] || fail "the program that joined has $(packets_in joins) packets"
[ "$(p50 beside)" -le $((50000 * PATIENCE)) ] || fail "a HELLO takes $(p50 beside) us"
stop_engine
