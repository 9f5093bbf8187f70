# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The part "stopped": four consumers by flow, all of them running, and in the next run the
# fourth one stopped by a signal. It is the others that count.

# the fourth one's: full at once, so that it is a full ring that is measured
STOPPED_RING=1M

# what the fourth one's member lost is its own affair; what the others' lost is not
# shellcheck disable=SC2016 # jq's variables
OTHERS='
def drops: .counters | with_entries(select(.key | startswith("drop_"))) | add;
($heard[:-1]) as $others | ($heard | map(.all)) as $all |
($stats[0].endpoints | map(select(.pid != $pid).counters.drop_ring_full) | add) as $lost |
[$gen[0].seconds, ($others[].all.span)] | max as $seconds |
($others | map(.all.packets) | add) as $packets |
($stats[0].status.sources + $stats[0].groups | map(drops) | add) as $before |
($stats[0].endpoints | map(drops) | add) as $full |
{ part: "stopped", subject: $subject, round: $round, again: false,
  sent: $gen[0].sent, delivered: ($all | map(.packets) | add), others: $packets,
  lost: $lost, lost_by_fourth: ($full - $lost),
  unexplained: ($gen[0].sent - $gen[0].dropped - $before - $full - ($all | map(.packets) | add)),
  seconds: $seconds, mpps: ($packets / $seconds / 1e6) }'

# stopped ROUND
stopped()
{
	local fourth

	consumers_start $STOPPED_RING
	fourth=${LISTENER##* }
	[ -z "$OPTIONS" ] || kill -STOP "$fourth"
	generate --for "$SECONDS_EACH" -g "$SIZE" || fail "$SUBJECT: $(head -n 1 "$T/gen.err")"
	kill -CONT "$fourth"
	consumers_stop
	jq -nc --slurpfile gen "$T/gen.json" --slurpfile heard "$T/heard.json" \
		--slurpfile stats "$T/stats.json" --arg subject "$SUBJECT" --argjson round "$1" \
		--argjson pid "$fourth" "$OTHERS" | tee -a "$T/stopped.runs" | jq -r '
		"bench:   \(.subject): the others \(.mpps * 1000 | round / 1000) Mpps, they lost \(.lost), the fourth \(.lost_by_fourth), \(.unexplained) unexplained"' >&2
}

part_stopped()
{
	rounds_of stopped "${ROUNDS:-$STOPPED_ROUNDS}" stopped
}
