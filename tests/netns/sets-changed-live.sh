#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A live set changes while traffic runs: exactly the packets of the listed addresses go to another
# class. Entries with a timeout end. A program that takes another one's place keeps what was entered
# and learnt.
. "$(dirname "$0")/../lib.sh"
begin
wire_up

# bad ARGUMENT...: pfqctl set demo.bad
bad()
{
	ctl set demo.bad "$@" > "$T/set" 2>&1
}

# round: send 1000 packets of 100 flows
round()
{
	frames b --kinds udp4,udp6 --packets 1000
	drain
}

# items SET: the items of a set, sorted, in one line
items()
{
	ctl set "demo.$1" list --json | jq -r '[.entries[].item] | sort | join(" ")'
}

# split FILTER: of the reference, exactly the packets of the filter have gone to class 1
split()
{
	stop_captures wire d0 d1 other
	narrow listed wire "$1"
	narrow others wire "not ($1)"
	[ "$(packets_in listed)" -gt 0 ] && [ "$(packets_in others)" -gt 0 ] ||
		fail "not both are in the traffic: $1"
	check --reference listed other
	check --reference others d0 d1
}

# members: start them anew, and the reference
members()
{
	start_members demo d 2
	PFQ_CLASS=1 capture other pfq@demo
	wait_members demo 3
	reference wire wire0
}

program="set bad addr size=1K in conditional (has_addr bad) (count bad >-> class 1 >-> copy)
	(count good >-> steer_flow)"
printf '%s\n' "$program" > "$T/a.lang"
start_engine <<-END
	[group demo]
	id     = 42
	device = wire0
	lang   = file:a.lang
	access = 1:1 0660
END

# lists of addresses and prefixes, of both versions, and of a file
printf '10.78.0.4/30 # four of them\nfd00:70:6671::1:20/123\n\n10.78.0.60\n' > "$T/list"
bad add 10.78.0.15 "file:$T/list" || fail "set add fails: $(cat "$T/set")"
[ "$(cat "$T/set")" = "demo.bad: added 4" ] || fail "pfqctl says: $(cat "$T/set")"
[ "$(items bad)" = "10.78.0.15 10.78.0.4/30 10.78.0.60 fd00:70:6671::1:20/123" ] ||
	fail "the set has $(items bad)"
members
round
split "host 10.78.0.15 or host 10.78.0.60 or net 10.78.0.4/30 or net fd00:70:6671::1:20/123"

# some go, others come
bad del 10.78.0.60 10.78.0.61 10.78.0.4/30 || fail "set del fails: $(cat "$T/set")"
[ "$(cat "$T/set")" = "demo.bad: removed 2; 1 were not there" ] || fail "it says: $(cat "$T/set")"
bad add 10.78.0.20 timeout=never || fail "set add fails: $(cat "$T/set")"
members
round
split "host 10.78.0.15 or host 10.78.0.20 or net fd00:70:6671::1:20/123"

# another program with the set: what was entered stays, items of the text come, counters go on
before=$(ctl stats demo --json | jq '.groups[0].counts[] | select(.name == "bad").packets')
printf '%s\n' "${program/in conditional/[10.78.0.30] in conditional}" > "$T/b.lang"
ctl lang set demo "$T/b.lang" > "$T/set" || fail "lang set fails: $(cat "$T/set")"
[ "$(items bad)" = "10.78.0.15 10.78.0.20 10.78.0.30 fd00:70:6671::1:20/123" ] ||
	fail "the set has $(items bad)"
members
round
split "host 10.78.0.15 or host 10.78.0.20 or host 10.78.0.30 or net fd00:70:6671::1:20/123"
ctl_is stats ".groups[0].counts[] | select(.name == \"bad\").packets > $before" ||
	fail "the counter began anew"

# entries end; a busy machine may take seconds to list them, so the entry is there for long at first
bad flush || fail "set flush fails: $(cat "$T/set")"
bad add 10.78.0.1 timeout=1h || fail "set add fails: $(cat "$T/set")"
[ "$(items bad)" = 10.78.0.1 ] || fail "the set has $(items bad)"
bad add 10.78.0.1 timeout=1s || fail "set add fails: $(cat "$T/set")"
ended_entry() { [ -z "$(items bad)" ]; }
wait_for 10 "the entry to end" ended_entry

# the group's owner has w, and others do not
as() { in_a setpriv --reuid="$1" --regid="$1" --clear-groups "$PFQCTL" "${@:2}" > "$T/set" 2>&1; }
as 1 set demo.bad add 10.78.0.2 || fail "the owner may not: $(cat "$T/set")"
for words in "add 10.78.0.3" list flush; do
	# shellcheck disable=SC2086 # several words
	! as 2 set demo.bad $words || fail "uid 2 may $words"
	grep -q "no permission" "$T/set" || fail "pfqctl says: $(cat "$T/set")"
done
[ "$(items bad)" = 10.78.0.2 ] || fail "the set has $(items bad)"

# wrong words: status 2, and no engine is asked
for words in "bad list" "demo.bad put" "demo.bad list 5" "demo.bad del 10.0.0.1 timeout=5s"; do
	status=0
	# shellcheck disable=SC2086 # several words
	ctl set $words > "$T/set" 2>&1 || status=$?
	[ $status -eq 2 ] || fail "pfqctl set $words: status $status: $(cat "$T/set")"
done
# a file of UTF-16 has bytes 0
printf '1\0000\000\n' > "$T/list"
! bad add "file:$T/list" || fail "a byte 0 is taken"
stats_add_up
nothing_lost
stop_engine
