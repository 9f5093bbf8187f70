#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A member that is restarted under its name within linger gets its flows again, and no flow of
# others moves. Meanwhile its packets are dropped and counted. A member that joins takes its part
# of the flows, and one that leaves for good gives up only its own.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/shares.sh"
begin
wire_up
start_group demo steer=flow linger=600s
shares_members s1 s2 s3 s4
wait_members demo 4
shares_round 1 s1 s2 s3 s4
shares_all 1
own=$(shares_of 1 s2)
stop_captures s2
shares_away 1
# shellcheck disable=SC2016 # variables of jq
ctl_is endpoints '[.endpoints[] | select(.state == "absent") |
	.name == "s2" and .linger_left_ns > 0 and (.started | not)] == [true]' ||
	fail "$(ctl endpoints)"
ctl_is groups '.groups[0].members == 3' || fail "$(ctl groups)"
ctl endpoints | grep -q ' absent ' || fail "$(ctl endpoints)"
shares_round 2 s1 s3 s4
shares_is "flows of others that moved when s2 left" "$(shares_moved 1 2 s2)" 0
stats_add_up
stat_is ".groups[0].counters.drop_no_member == $(packets_in s2)"
shares_members s2.2
wait_members demo 4
shares_round 3 s1 s2.2 s3 s4
shares_all 3
shares_is "flows that moved in a restart" "$(shares_moved 1 3)" 0
note "own flows that came back: $(shares_same 1 3 s2) of $own"
[ "$(shares_same 1 3 s2)" -eq "$own" ] || fail "its own flows did not come back"
capture s5 pfq@demo -U
wait_members demo 5
shares_round 4 s1 s2.2 s3 s4 s5
shares_is "flows that moved when a fifth member joined" "$(shares_moved 3 4)" \
	$(($(shares_of 1) / 5 + $(shares_of 1) / 20))
shares_is "of these, not to the fifth" "$(shares_moved 3 4 s5)" 0
# The fifth has no name, so that nothing is kept.
stop_captures s5
wait_members demo 4
ctl_is groups '.groups[0].absent == 0' || fail "$(ctl groups)"
shares_round 5 s1 s2.2 s3 s4
shares_is "flows that moved when it left" "$(shares_moved 4 5)" "$(shares_of 4 s5)"
shares_is "of these, not from the fifth" "$(shares_moved 4 5 s5)" 0
shares_all 5
stop_captures s1 s2.2 s3 s4
stop_engine
