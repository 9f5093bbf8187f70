# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The part "stopped": four consumers share packets by flow. In one run all of them read; in
# the next a signal stops the fourth one. The result is the rate of the other three.

# The ring of the fourth consumer is small, so that it is full at once.
STOPPED_RING=1M

# Losses of the fourth consumer's member are expected; losses of the others are not.
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

# stopped ROUND: measure one round
stopped()
{
	local fourth

	consumers_start $STOPPED_RING
	fourth=${LISTENER##* }
	[ -z "$OPTIONS" ] || kill -STOP "$fourth"
	wire_send --for "$SECONDS_EACH" -g "$SIZE" || fail "$SUBJECT: $(head -n 1 "$T/gen.err")"
	kill -CONT "$fourth"
	consumers_stop
	jq -nc --slurpfile gen "$T/gen.json" --slurpfile heard "$T/heard.json" \
		--slurpfile stats "$T/stats.json" --arg subject "$SUBJECT" --argjson round "$1" \
		--argjson pid "$fourth" "$OTHERS" | tee -a "$T/stopped.runs" | jq -r '
		"bench:   \(.subject): the other three \(.mpps * 1000 | round / 1000) Mpps, " +
		"lost by these: \(.lost), by the fourth: \(.lost_by_fourth), " +
		"\(.unexplained) unexplained"' >&2
}

part_stopped()
{
	rounds_of stopped "${ROUNDS:-$STOPPED_ROUNDS}" stopped
}
