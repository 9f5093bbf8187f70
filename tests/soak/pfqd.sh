# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# Events of pfqd itself; part of soak.sh
PFQDS=0		# the number of pfqd, counted from 1
SLOWEST=0	# ms

pfqd_starts()
{
	launch_engine
	wait_for 20 "pfqd, see engine.err" engine_is_up_but_for_passing
	PFQDS=$((PFQDS + 1))
	ledger_begin
}

# does it capture from the wire?
engine_is_up_but_for_passing()
{
	ctl_is groups 'all(.groups[].devices[]; .state == "up" or .name == "passing0")'
}

# The traffic pauses, members read what they have, and each packet is in the ledger.
settle()
{
	members_go_on
	members_are_there
	traffic_pauses
	ledger_closes
}

traffic_rests()
{
	settle
	traffic_goes_on
}

pfqd_ends()
{
	stop_engine
	pfqd_wrote_what_is_expected
}

# pfqd_goes HOW: pfqd ends in this way under traffic, with a stopped member, and another one comes
pfqd_goes()
{
	settle
	wire_sends
	member_stops
	sleep 1
	$1
	wire_pauses
	pfqd_wrote_what_is_expected
	ledger_of_the_ended
	pfqd_starts
	traffic_goes_on
}

pfqd_restarts() { pfqd_goes stop_engine; }
pfqd_is_killed() { pfqd_goes crash_engine; }

pfqd_answers()
{
	local from=$EPOCHREALTIME ms

	ctl status >"$T/status.out" 2>&1 || fail "$(cat "$T/status.out")"
	ms=$(((${EPOCHREALTIME/[^0-9]/} - ${from/[^0-9]/}) / 1000))
	[ "$ms" -le $SLOWEST ] || SLOWEST=$ms
}

# Each warning and error of this pfqd has to be in the file "expected".
pfqd_wrote_what_is_expected()
{
	local lines

	lines=$(grep -E 'warning: |error: ' "$T/engine.err" |
		grep -vEf <(grep -v '^#' "$SOAK/expected") || true)
	[ -z "$lines" ] || fail "the log of pfqd: $(head -n 5 <<<"$lines")"
}
