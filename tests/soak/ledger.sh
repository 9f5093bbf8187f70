# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash disable=SC2016 # jq's variables, not the shell's
# Where each packet is; part of soak.sh. While the traffic pauses, these sums are exact:
#
#	sent by pfq-gen = dropped by its device + arrived at wire0
#	arrived = read by pfqd + lost at its sockets + malformed, and those that came since the
#	          last settlement of a pfqd that ended under traffic
#	read by pfqd = received by each group, with the packets of passing0
#	received by a group = its drops + steered + pending
#	steered = copies of a group whose packets have one member each
#	copies of a group = offered to all of its endpoints, also those that have left
#	offered to an endpoint = its drops + read + left in the ring by a member that has gone
#
# A pfqd that ends under traffic takes its counters with it. It has seen as many packets since the
# last settlement as it has offered to the witness; the others that arrived are lost.
ARRIVED_FROM=0	# packets that had arrived at wire0 when this pfqd began to capture
ARRIVED_TO=0	# at the last settlement
ENDED_SEEN=0 ENDED_LOST=0 ENDS=0
VANISHED=0	# how often passing0 has vanished, while this pfqd runs

# --- endpoints that leave -------------------------------------------------------------------

# ledger_takes ID: if that endpoint is absent, enter its last counters
ledger_takes()
{
	local entry

	entry=$(ctl endpoints --json |
		jq -c ".endpoints[] | select(.id == $1 and has(\"linger_left_ns\"))")
	[ -n "$entry" ] && echo "$entry" >>"$T/gone"
}

# ledger_agrees NAME ID: has a member that left read as many packets as pfqd has counted?
ledger_agrees()
{
	local said counted

	read -r said _ <<<"$(statistics_of "$1")"
	counted=$(jq "select(.id == $2) | .read" "$T/gone")
	[ "$said" = "$counted" ] || fail "$1 has read $said packets, pfqd counts $counted"
}

# --- settlement -----------------------------------------------------------------------------

LEDGER_DEFS='
def packets(f): map(f) | add // 0;
def source(name): [.status.sources[] | select(.device == name or .written == name).counters];
def endpoints: (.endpoints + $gone) | unique_by(.id);
(source("wire0") | packets(.rx_packets)) as $read |
(source("passing0") | packets(.rx_packets)) as $passed |
(source("wire0") | packets(.rx_packets + .drop_socket + .drop_malformed)) as $wire |
(source("passing0") | packets(.rx_packets + .drop_socket + .drop_malformed)) as $passing |
'
# Print a line for each sum that does not hold.
LEDGER_WRONG=$LEDGER_DEFS'
{ witness: $read, share: $read, copies: ($read + $passed) } as $recv |
endpoints as $endpoints |
(select($wire != $arrived) | "\($arrived) packets arrived at wire0, pfqd knows of \($wire)"),
(select($passing > $sent or $passing < $sent - $cut) |
 "\($sent) packets were sent to passing0, \($cut) may be lost, pfqd knows of \($passing)"),
(.groups[] | select($recv[.name] and $recv[.name] != .counters.recv) |
 "group \(.name) received \(.counters.recv) packets, pfqd has read \($recv[.name])"),
(.groups[] | . as $group |
 ([$endpoints[] | select(.group == $group.name)] | packets(.counters.offered)) as $offered |
 select($offered != .counters.copies) |
 "group \(.name): \(.counters.copies) copies, \($offered) offered"),
(.groups[] | select(.name == "share" and .counters.steered != .counters.copies) |
 "group share: \(.counters.steered) packets steered, \(.counters.copies) copies"),
($endpoints[] | select(.counters.delivered != .read + .unread or .unexplained != 0) |
 "endpoint \(.id) of group \(.group): \(.)")'
# Print this pfqd'\''s part of the result.
LEDGER_PART=$LEDGER_DEFS'
{ arrived: $wire, socket: (source("wire0") | packets(.drop_socket)), passing: $passing,
  cut: ($sent - $passing), groups: (.groups | packets(.counters.recv)),
  nobody: ([.groups[].counters] | packets(.drop_no_member)),
  filter: ([.groups[].counters] | packets(.drop_filter)) } +
(endpoints | { offered: packets(.counters.offered), full: packets(.counters.drop_ring_full),
  read: packets(.read), left: packets(.unread) })'

# ledger_jq EXPRESSION: evaluate it for the last snapshot
ledger_jq()
{
	jq -r --slurpfile gone "$T/gone" --argjson sent "$PASSED" \
		--argjson cut $((VANISHED * CUT_MAX)) \
		--argjson arrived $((ARRIVED_TO - ARRIVED_FROM)) "$1" "$T/stats.json"
}

# does pfqd know of all packets that arrived at wire0?
all_is_known()
{
	ctl_is status --argjson arrived $((ARRIVED_TO - ARRIVED_FROM)) '
		[.sources[] | select(.device == "wire0").counters |
		 .rx_packets + .drop_socket + .drop_malformed] | add >= $arrived'
}

# An absent member reads no more; its ring has gone.
all_is_read()
{
	ctl_is stats 'all(.endpoints[]; .unread == 0 or has("linger_left_ns"))'
}

# A new pfqd has begun, and counts from 0.
ledger_begin()
{
	[ ! -e "$T/part" ] || cat "$T/part" >>"$T/parts"
	: >"$T/gone"
	ARRIVED_FROM=$(arrived)
	ARRIVED_TO=$ARRIVED_FROM
	PASSED=0 VANISHED=0
	witness_begin
}

# Settle: the traffic pauses.
ledger_closes()
{
	local wrong

	ARRIVED_TO=$(arrived)
	wait_for 20 "pfqd to know of all packets" all_is_known
	wait_for 30 "the members to read their packets" all_is_read
	sleep 0.3
	stats_add_up
	wrong=$(ledger_jq "$LEDGER_WRONG")
	[ -z "$wrong" ] || fail "$wrong"
	ledger_jq "$LEDGER_PART" >"$T/part"
	[ "$(arrived)" -eq $((SENT - DROPPED)) ] ||
		fail "pfq-gen has sent $SENT packets, $DROPPED were dropped, $(arrived) arrived"
	witness_is_right
}

# pfqd has ended under traffic after a settlement, and the traffic pauses.
ledger_of_the_ended()
{
	local before=${WITNESS[1]} came seen

	came=$(($(arrived) - ARRIVED_TO))
	witness_reads_all
	seen=$((WITNESS[1] - before))
	if [ $seen -le 0 ] || [ $seen -gt $came ]; then
		fail "$came packets came until pfqd ended, the witness was offered $seen"
	fi
	ENDS=$((ENDS + 1))
	ENDED_SEEN=$((ENDED_SEEN + seen))
	ENDED_LOST=$((ENDED_LOST + came - seen))
}

# All pfqd have ended. Is each packet that arrived in the ledger of one of them?
ledger_is_whole()
{
	local counted

	cat "$T/part" >>"$T/parts"
	counted=$(jq -s 'map(.arrived) | add' "$T/parts")
	[ $((counted + ENDED_SEEN + ENDED_LOST)) -eq "$(arrived)" ] ||
		fail "$(arrived) packets arrived, counted $counted, and $ENDED_SEEN + $ENDED_LOST"
}

# Print the sums of all pfqd.
ledger_print()
{
	echo "$SENT packets sent, $DROPPED dropped by the sending device, $(arrived) arrived"
	jq -rs 'def of(f): map(f) | add;
		"\(of(.arrived)) of them counted by pfqd: \(of(.socket)) lost at its sockets",
		"\(of(.passing)) packets of passing0, and \(of(.cut)) lost when it vanished",
		"\(of(.groups)) received by groups: \(of(.filter)) refused by filters, " +
		"\(of(.nobody)) without a member",
		"\(of(.offered)) offered to members: \(of(.full)) lost in full rings, " +
		"\(of(.read)) read, \(of(.left)) unread by members that left"' "$T/parts"
	echo "$ENDS times pfqd ended under traffic: $ENDED_SEEN packets seen, $ENDED_LOST lost"
}
