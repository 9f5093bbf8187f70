#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Everything that happens to pfqd in years, in SOAK_SECONDS (600), under SOAK_RATE (1M) packets per
# second: members join, leave, are killed and stopped; the file is loaded anew, with and without
# errors; a device vanishes; pfqd is restarted and killed. Afterwards:
# - each packet is in one counter, or was sent while pfqd was away (ledger.sh);
# - pfqd and a member that stays have the memory and descriptors that they began with
#   (footprint.sh);
# - the log of pfqd has no warning that is not in the file "expected".
#
# SOAK_SEED chooses the order of events; the script draws one if it is not set. A failure prints
# the seed and the step. The same SOAK_SEED and SOAK_SECONDS give the same steps again; the time
# says how many.
. "$(dirname "$0")/../lib.sh"
SOAK=$PFQ_SRC/tests/soak
. "$SOAK/traffic.sh"
. "$SOAK/ledger.sh"
. "$SOAK/members.sh"
. "$SOAK/witness.sh"
. "$SOAK/devices.sh"
. "$SOAK/pfqd.sh"
. "$SOAK/footprint.sh"
begin
[ "$ENGINE" = user ] || skip "the kernel engine's groups outlive pfqd"
need ethtool "$TOOLS/pfq-numbers"
SOAK_SECONDS=${SOAK_SECONDS:-600}
SEED=${SOAK_SEED:-$((RANDOM + 1))}
RANDOM=$SEED
OFTEN=(member_joins member_joins member_joins member_leaves member_dies member_stops
	members_go_on file_changes device_comes_or_goes pfqd_answers)
SELDOM=(file_is_wrong pfqd_restarts pfqd_is_killed)
STEP=0
declare -A COUNT

# pick WORD...: set PICKED to one of them
pick()
{
	local i=$((1 + RANDOM % $#))

	PICKED=${!i}
}

# at WHERE: a failure from now on names the place
at()
{
	TEST="soak: seed $SEED, $1"
	echo "$(date -u +%T) $1" >>"$T/story.log"
}

# step: draw the next event, and let it happen
step()
{
	local event

	if [ $((RANDOM % 12)) -eq 0 ]; then pick "${SELDOM[@]}"; else pick "${OFTEN[@]}"; fi
	event=$PICKED
	at "step $((++STEP)), $event"
	$event
	COUNT[$event]=$((${COUNT[$event]:-0} + 1))
	sleep "0.$((RANDOM % 10))"
}

# steps_until N: events happen until step N, or until the time is over
steps_until()
{
	while [ $STEP -lt "$1" ] && [ $SECONDS -lt $END ]; do
		step
	done
}

result_print()
{
	local event

	for event in "${!COUNT[@]}"; do
		echo "$event ${COUNT[$event]}"
	done | sort | paste -sd, | sed 's/,/, /g'
	ledger_print
	footprint_print
	echo "slowest answer of pfqd: $SLOWEST ms"
}

note "seed $SEED"
wire_up
traffic_begin
groups_of 1 | engine_configure
pfqd_starts
witness_joins
footprint_begin
traffic_goes_on
END=$((SECONDS + SOAK_SECONDS))
# A step takes about a second. Numbers of steps, not the time, say what is when, so that a seed
# repeats it. The first rest is after a minute, when caches and heaps have their usual size.
steps_until $((SOAK_SECONDS < 240 ? SOAK_SECONDS / 4 : 60))
at "the first rest"
rest
traffic_goes_on
steps_until $((SOAK_SECONDS / 2))
# In the second half one pfqd lives on, so that leaks add up.
SELDOM=(file_is_wrong traffic_rests traffic_rests)
steps_until $((1 << 30))
at "the last rest"
rest
pfqd_ends
members_are_silent
ledger_is_whole
result_print
