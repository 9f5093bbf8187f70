#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfqctl lang show of a group: the program that runs, and with --profile how often each of its steps
# answers yes and no, exactly. Counting ends with the client, also if it is killed, after its time,
# and with the program.
. "$(dirname "$0")/../lib.sh"
begin
wire_up

# profile NAME [OPTION...]: let a client count in demo, and print every 0.2 s
profile()
{
	background "$1" ip netns exec "$NS_A" "$PFQCTL" -j lang show demo -w 0.2 "${@:2}"
	wait_for 10 "client $1 to count, see $1.err" has_text "$T/$1.out" '"steps"'
}

# counts NAME JQ-ARGUMENT...: is this true of the last line that the client has printed?
counts()
{
	local line

	# the last one may not be whole yet
	line=$(grep '}$' "$T/$1.out" | tail -n 1) && jq -e "${@:2}" <<<"$line" > "$T/is"
}

# counts_as NAME WANT: wait until its steps have answered [[no, yes], ...] as in WANT
counts_as()
{
	# shellcheck disable=SC2016 # a variable of jq
	wait_for 10 "the counts $2, see $1.out" counts "$1" --argjson w "$2" \
		'[.steps[] | [.no, .yes]] == $w'
}

# may_count: can a client begin to count?
may_count()
{
	ctl lang show demo --profile=1 > "$T/count" 2> "$T/count.err"
}

program='count all >-> when is_udp (count udp) >-> is_tcp >-> steer_flow'
start_group demo "lang = $program"
start_members demo d 2

# the program that runs is the one of the text
ctl lang show demo > "$T/runs" || fail "lang show fails"
ctl lang show -e "$program" > "$T/says" 2> "$T/notes"
cmp "$T/runs" "$T/says" || fail "the group runs: $(cat "$T/runs")"
! ctl lang show none 2> "$T/none" || fail "lang show knows a group none"
grep -q 'no file "none"; as a group.s name: .*no .*group' "$T/none" ||
	fail "lang show says: $(cat "$T/none")"

# each packet, and no other
reference wire wire0
profile first --profile=59
in_b "$TOOLS/pfq-frames" -i wire1 --kinds udp4,tcp4,udp6,vlan,tcp6 --packets 1000 > "$T/sent"
drain
stats_add_up all
nothing_lost
stop_captures wire
narrow udp wire 'udp or (vlan and udp)'
narrow tcp wire 'tcp or (vlan and tcp)'
all=$(packets_in wire) udp=$(packets_in udp) tcp=$(packets_in tcp)
[ "$all" -ge 1000 ] && [ "$udp" -ge 400 ] && [ "$tcp" -ge 400 ] ||
	fail "the wire had $all packets, $udp of UDP and $tcp of TCP"
counts_as first "[[0, $all], [$((all - udp)), $udp], [0, $udp], [$((all - tcp)), $tcp], [0, $tcp]]"
stat_is ".groups[0].counters | .recv == $all and .steered == $tcp and .drop_program == $all - $tcp"

# one client at a time; a client that is killed leaves nothing behind
! may_count || fail "two clients count at the same time"
grep -q 'another client counts' "$T/count.err" || fail "the error is: $(cat "$T/count.err")"
kill -KILL "${PID[first]}"
ended first || true
wait_for 5 "the killed client's end" may_count
# a client that is stopped counts no longer than it wanted
profile stopped --profile=1
kill -STOP "${PID[stopped]}"
wait_for 10 "the stopped client's time" may_count
kill -CONT "${PID[stopped]}"
status=0
ended stopped || status=$?
[ $status -eq 1 ] && grep -q 'demo counts no more' "$T/stopped.err" ||
	fail "the stopped client: status $status, $(cat "$T/stopped.err")"

# another program ends it, and begins at 0
profile second --profile=59
ctl lang set -e 'is_udp >-> steer_flow' demo > "$T/set"
status=0
ended second || status=$?
[ $status -eq 1 ] && grep -q 'demo counts no more: it has another program' "$T/second.err" ||
	fail "after another program: status $status, $(cat "$T/second.err")"
profile third --profile=59
in_b "$TOOLS/pfq-frames" -i wire1 --kinds udp4,tcp4 --packets 200 > "$T/sent"
counts_as third '[[100, 100], [0, 100]]'
kill "${PID[third]}"
ended third || true

# a policy is one step
ctl group set demo steer=flow > "$T/set"
ctl lang show demo | grep -Eq '^ +0 +steer_flow +end +-$' || fail "shows: $(ctl lang show demo)"
wait_for 5 "the third client's end" may_count
profile fourth --profile=59
in_b "$TOOLS/pfq-frames" -i wire1 --kinds udp4,frag4 --packets 200 > "$T/sent"
drain
counts_as fourth "[[0, $(jq .frames "$T/sent")]]"
kill "${PID[fourth]}"
ended fourth || true

# everybody may look, and only who may change the group may count
as_nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
in_a "${as_nobody[@]}" "$PFQCTL" lang show demo > "$T/runs" || fail "a user may not look"
! in_a "${as_nobody[@]}" "$PFQCTL" lang show demo --profile=1 2> "$T/count.err" ||
	fail "a user may count"
grep -q 'access' "$T/count.err" || fail "the error is: $(cat "$T/count.err")"
stats_add_up all
stop_engine
