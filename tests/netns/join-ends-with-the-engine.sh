#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The engine dies, or is stopped, while programs wait for their rings. They give up: at once, or
# after five seconds. The error says what has happened to the engine, and what to do.
#
# Alone: the engine clears gigabytes, and programs wait for that
. "$(dirname "$0")/../lib.sh"
begin
need "$TOOLS/pfq-delays"
wire_up

# join_all: four programs of one user join, again and again; three of them always wait
join_all()
{
	local i

	start_group share steer=flow
	for i in 1 2 3 4; do
		background "join$i" ip netns exec "$NS_A" env LD_LIBRARY_PATH="$T/lib" \
			"$TOOLS/pfq-delays" join share $((256 << 20)) 60
	done
	wait_for 10 "a join" grep -q 'joins as endpoint' "$T/engine.err"
}

# all_ended SECONDS TEXT: all programs have ended with an error, and some with this text
all_ended()
{
	local i begun=$SECONDS

	for i in 1 2 3 4; do
		! ended "join$i" 15 || fail "join$i ended without an error"
	done
	[ $((SECONDS - begun)) -le $(($1 * PATIENCE)) ] ||
		fail "$((SECONDS - begun)) s passed until the programs gave up"
	cat "$T"/join?.err >"$T/said.err"
	grep -m 1 -F "$2" "$T/said.err" || fail "nobody says \"$2\": $(cat "$T/said.err")"
}

join_all
crash_engine
all_ended 2 "pfqd on $SOCKET has closed the connection (JOIN): it has ended"

join_all
kill -STOP "${PID[engine]}"
begun=$(date +%s%N)
pid=${PID[engine]}
all_ended 8 "did not answer JOIN within 5000 ms: process $pid is stopped; \`kill -CONT $pid\`"
[ $((($(date +%s%N) - begun) / 1000000)) -ge 4400 ] || fail "they gave up early"
kill -CONT "${PID[engine]}"
# The endpoints of these programs are gone, and the engine goes on.
wait_for 10 "no endpoint" ctl_is endpoints '.endpoints == []'
capture last pfq@share
stop_captures last
stop_engine
