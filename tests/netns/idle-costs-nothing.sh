#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Together the engine and four waiting tcpdumps use less than 1 % of a CPU.
#
# Alone: it measures CPU time
. "$(dirname "$0")/../lib.sh"
begin
need "$TOOLS/pfq-cputime"
wire_up
start_group demo steer=flow
start_members demo part 4

# run_ns: print the nanoseconds that all of them have spent on a CPU
run_ns()
{
	"$TOOLS/pfq-cputime" "${PID[engine]}" "${PID[part0]}" "${PID[part1]}" "${PID[part2]}" \
		"${PID[part3]}"
}

seconds=5
sleep 1
# If the host stops this machine while one of them runs, that time counts too. So one of
# three tries must succeed.
for _ in 1 2 3; do
	before=$(run_ns)
	sleep $seconds
	used=$(($(run_ns) - before))
	echo "$TEST: $((used / seconds / 1000)) millionths of a CPU"
	[ $used -ge $((seconds * 10000000)) ] || break
done
[ "$used" -lt $((seconds * 10000000)) ] || fail "$used ns in $seconds s are more than 1 %"
[ "$before" -gt 0 ] || fail "no CPU time was measured"
# The four are really waiting: a packet still reaches each of them.
frames b --kinds udp4 --packets 10
drain
stats_add_up all
stat_is '.groups[0].counters.steered == 10'
stop_captures part0 part1 part2 part3
stop_engine
