#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# 256 programs are members of one group, and of four groups. Copies are complete, and flows come
# once. One more member of a group is refused with a text that says so. When they have left, pfqd
# has the memory and the descriptors that it had before.
. "$(dirname "$0")/../lib.sh"
begin
need "$TOOLS/pfq-crowd"
wire_up
PACKETS=200

# crowd NAME COUNT GROUP...: COUNT members join each group
crowd()
{
	local begun name=$1

	begun=$(date +%s%N)
	# a member takes six descriptors of its process, and two of pfqd's
	background "$name" ip netns exec "$NS_A" env LD_LIBRARY_PATH="$T/lib" \
		bash -c 'ulimit -n 4096 && exec "$@"' crowd "$TOOLS/pfq-crowd" "${@:2}"
	wait_for 60 "$2 members of ${*:3}, see $name.err" grep -q ready "$T/$name.out"
	echo "$2 members of each of ${*:3}:" \
		"joined after $((($(date +%s%N) - begun) / 1000000)) ms," \
		"pfqd has $(engine_memory_kib) KiB, $(engine_fds) descriptors"
}

# leave NAME: the members leave, and their counts are in NAME.out
leave()
{
	kill -TERM "${PID[$1]}"
	ended "$1" 30 || fail "$1: $(cat "$T/$1.err")"
}

# counts NAME GROUP MIN MAX SUM: so many packets had each member of the group, and all
counts()
{
	grep -qx "$2 $3 $4 $5" "$T/$1.out" || fail "$2: not $3 $4 $5 but $(cat "$T/$1.out")"
}

start_engine < <(for steer in copy flow; do
	for i in 1 2 3 4; do
		printf '[group %s%d]\ndevice = wire0\nsteer = %s\n' $steer $i $steer
	done
done)
crowd warm 1 copy1
leave warm
wait_for 10 "no member" ctl_is endpoints '.endpoints == []'
BEFORE=$(engine_fds_at_rest)
memory=$(engine_memory_kib)

crowd one 256 copy1
application_refused pfq@copy1 "256 members, absent ones included; allowed: 256"
frames b --kinds udp4 --packets $PACKETS
drain
stats_add_up all
leave one
counts one copy1 $PACKETS $PACKETS $((256 * PACKETS))

crowd four 64 copy1 copy2 flow1 flow2
frames b --kinds udp4 --packets $PACKETS
drain
stats_add_up
leave four
counts four copy1 $PACKETS $PACKETS $((64 * PACKETS))
counts four copy2 $PACKETS $PACKETS $((64 * PACKETS))
for group in flow1 flow2; do
	grep -q "^$group .* $PACKETS\$" "$T/four.out" || fail "$group: $(cat "$T/four.out")"
done
wait_for 20 "no member" ctl_is endpoints '.endpoints == []'
wait_for 20 "as many descriptors as before" engine_has_fds "$BEFORE"
wait_for 20 "pfqd to free the rings" engine_keeps_at_most $((memory + 16384))
stop_engine
