#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# linger_to = others: the others get the packets of a member that was killed, until it comes back
# under its name. Then exactly its own flows go back to it.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/shares.sh"
begin
wire_up
start_group demo steer=flow linger=600s linger_to=others
shares_members s1 s2 s3 s4
wait_members demo 4
shares_round 1 s1 s2 s3 s4
own=$(shares_of 1 s2)
kill -KILL "${PID[s2]}"
shares_away 1
shares_round 2 s1 s3 s4
shares_all 1
shares_all 2
shares_is "flows of others that moved when s2 left" "$(shares_moved 1 2 s2)" 0
stats_add_up
stat_is '.groups[0].counters.drop_no_member == 0'
shares_members s2.2
wait_members demo 4
shares_round 3 s1 s2.2 s3 s4
shares_is "flows that moved in a restart" "$(shares_moved 1 3)" 0
[ "$(shares_same 1 3 s2)" -eq "$own" ] || fail "its own flows did not come back"
stop_captures s1 s2.2 s3 s4
stop_engine
