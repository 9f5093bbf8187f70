#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A group's program is replaced a hundred times under traffic, or PFQ_REPLACEMENTS times, an even
# number: each packet is counted by one program, and delivered once. Counters of the same name go
# on, and others begin at 0.
. "$(dirname "$0")/../lib.sh"
begin
wire_up

# count NAME: print how many packets the program of demo has counted for NAME
count()
{
	ctl stats demo --json | jq ".groups[0].counts[] | select(.name == \"$1\") | .packets"
}

# program PROGRAM: replace the program of demo
program()
{
	ctl group set demo "lang=$1" > "$T/set" || fail "the program $1 was refused"
	grep -q 'lang is count ' "$T/set" || fail "pfqctl says: $(cat "$T/set")"
}

programs=("count all >-> conditional is_ip (count a) (count b) >-> steer_flow"
	"count all >-> conditional is_ip (count b) (count a) >-> steer_flow")

start_group demo "lang = ${programs[1]}"
start_members demo d 2
reference wire wire0
# Replacing goes ahead of the traffic, also where a slow machine has time for one of them only.
background sender ip netns exec "$NS_B" nice -n 10 "$TOOLS/pfq-frames" -i wire1 \
	--kinds udp4,tcp4,udp6 --packets 100000000 --rate $((2000 / PATIENCE))
replacements=${PFQ_REPLACEMENTS:-100}
for ((i = 0; i < replacements; i++)); do
	program "${programs[i % 2]}"
done
kill "${PID[sender]}" || fail "no frames were sent any more: $(cat "$T/sender.err")"
ended sender || true
drain
stats_add_up all
nothing_lost
a=$(count a) b=$(count b) all=$(count all)
[ "$a" -gt 0 ] && [ "$b" -gt 0 ] || fail "the programs have counted $a and $b packets"
[ $((a + b)) -eq "$all" ] || fail "$a and $b are not $all packets"
stat_is "all(.groups[]; .counters.recv == $all and .counters.steered == $all and
	.steer == \"lang\" and .lang == \"${programs[1]}\")"
stop_captures wire d0 d1
check --reference wire d0 d1

# a counter that the next program lacks is gone, and begins anew
program "count b >-> steer_flow"
program "${programs[0]}"
[ "$(count b)" -eq "$b" ] || fail "b has $(count b) packets, and had $b"
[ "$(count a)$(count all)" = 00 ] || fail "a and all are $(count a) and $(count all), not 0"
ctl stats demo | grep -Eq "^demo +b +$b +[1-9]" || fail "stats shows no count: $(ctl stats demo)"
ctl groups demo | grep -q "^lang     count all" || fail "no program is shown: $(ctl groups demo)"
# lang set does the same, and refuses errors before it asks pfqd
echo 'count b >-> steer_ip' > "$T/p.lang"
ctl lang set demo "$T/p.lang" > "$T/set" || fail "lang set fails: $(cat "$T/set")"
ctl lang set -e 'count b >-> steer_flow # by flow' demo > "$T/set" || fail "lang set -e fails"
ctl_is groups '.groups[0].lang == "count b >-> steer_flow # by flow"' ||
	fail "lang set -e has set: $(ctl groups --json)"
! ctl lang set -e 'is_upd' demo 2> "$T/set" || fail "lang set accepts an error"
grep -q 'did you mean is_udp' "$T/set" || fail "lang set says: $(cat "$T/set")"
[ "$(count b)" -eq "$b" ] || fail "b has $(count b) packets, and had $b"
# a policy takes the place of the program
ctl group set demo steer=ip > "$T/set"
ctl_is groups '.groups[0] | .steer == "ip" and .lang == "" and .counts == []' ||
	fail "the group still has a program: $(ctl groups --json)"
stop_engine
