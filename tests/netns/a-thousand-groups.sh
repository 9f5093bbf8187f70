#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfqd.conf has a thousand groups. pfqd starts, answers questions about all of them, and a member of
# one of them joins and gets every packet. The script prints the times and the memory.
#
# Alone: it measures time
. "$(dirname "$0")/../lib.sh"
begin
wire_up
GROUPS_WANTED=1000

# ms COMMAND...: run it, and print the milliseconds that it took
ms()
{
	local begun

	begun=$(date +%s%N)
	"$@" >"$T/ms.out" || fail "$*: $(tail -n 3 "$T/ms.out")"
	echo $((($(date +%s%N) - begun) / 1000000))
}

listens()
{
	grep -q 'listening on' "$T/engine.err"
}

configure()
{
	local i

	for ((i = 1; i <= $1; i++)); do
		printf '[group g%d]\nid = %d\ndevice = wire0\nsteer = %s\nring = 1M\n\n' $i $i \
			"$([ $((i % 2)) -eq 0 ] && echo copy || echo flow)"
	done | engine_configure
}

# start N: start pfqd with N groups, and print the milliseconds until it listens
start()
{
	local begun

	configure "$1"
	begun=$(date +%s%N)
	launch_engine
	wait_for 60 "pfqd with $1 groups" listens
	spent=$((($(date +%s%N) - begun) / 1000000))
	echo "$1 groups: listens after $spent ms, $(engine_memory_kib) KiB," \
		"$(engine_fds) descriptors"
}

start 1
stop_engine
start $GROUPS_WANTED
wait_for 20 "the devices" engine_is_up
[ "$(ctl groups --json | jq '.groups | length')" -eq $GROUPS_WANTED ] || fail "groups are missing"
echo "pfqctl groups: $(ms ctl groups --json) ms, stats: $(ms ctl stats --json) ms," \
	"status: $(ms ctl status --json) ms"
echo "a join: $(ms in_a env LD_LIBRARY_PATH="$T/lib" "$TOOLS/pfq-delays" join g500 1048576 1) ms" \
	"for: $(cat "$T/ms.out")"
reference wire wire0
capture copy pfq@g500
capture flow pfq@g501
wait_members g501 1
frames b --kinds udp4,tcp6 --packets 500 --rate 500
drain
stats_add_up
stat_is '[.groups[] | .counters.recv] | min == max and min > 0'
stop_captures copy flow wire
check --reference wire copy
check --reference wire flow
echo "with 2 members: $(engine_memory_kib) KiB"
stop_engine
# one more than the limit is an error that says so
configure 1025
status=0
"$PFQD" --check "$T/engine.conf" 2>"$T/check.err" || status=$?
[ $status -eq 1 ] && grep -q 'too many groups; allowed: 1024' "$T/check.err" ||
	fail "1025 groups: status $status: $(cat "$T/check.err")"
