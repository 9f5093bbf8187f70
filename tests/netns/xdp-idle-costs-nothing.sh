#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# ingest = xdp: together the engine and two waiting tcpdumps use less than 1 % of a CPU.
#
# Alone: it measures CPU time
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/tap.sh"
begin
need "$TOOLS/pfq-cputime"
begin_tap
start_group demo ingest=xdp mode=tap
start_members demo part 2

run_ns()
{
	"$TOOLS/pfq-cputime" "${PID[engine]}" "${PID[part0]}" "${PID[part1]}"
}

switches()
{
	cat /proc/"${PID[engine]}"/task/*/status |
		awk '/^voluntary_ctxt_switches/ { n += $2 } END { print n }'
}

seconds=5
# measure after the device has carried packets
frames b --kinds udp4 --packets 100
drain
# If the host stops this machine while one of them runs, that time counts too. So one of
# three tries must succeed.
for _ in 1 2 3; do
	before=$(run_ns)
	woken=$(switches)
	sleep $seconds
	used=$(($(run_ns) - before))
	woken=$(($(switches) - woken))
	echo "$TEST: $((used / seconds / 1000)) millionths of a CPU, woken $woken times"
	if [ $used -lt $((seconds * 10000000)) ] && [ $woken -lt $((seconds * 10)) ]; then
		break
	fi
done
[ "$used" -lt $((seconds * 10000000)) ] || fail "$used ns in $seconds s are more than 1 %"
[ "$woken" -lt $((seconds * 10)) ] || fail "the engine was woken $woken times in $seconds s"
frames b --kinds udp4 --packets 10
drain
stats_add_up all
stat_is '.groups[0].counters.steered == 110'
stop_captures part0 part1
stop_engine
