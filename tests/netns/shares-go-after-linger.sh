#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# When linger is over, the others take the share of a member that has not come back.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/shares.sh"
begin
wire_up
start_group demo steer=flow "linger=$((5 * PATIENCE))s" members=2
shares_members s1 s2
wait_members demo 2
stop_captures s2
shares_away 1
frames b --kinds udp4 --one-way --flows 100 --packets 100
drain
shares_away 0
stats_add_up
stat_is '.groups[0].counters.drop_no_member | . > 20 and . < 80'
dropped=$(jq '.groups[0].counters.drop_no_member' "$T/stats.json")
frames b --kinds udp4 --one-way --flows 100 --packets 100
drain
stats_add_up
stat_is ".groups[0].counters.drop_no_member == $dropped"
# Both leave: the group waits for two members again once nobody is awaited.
shares_members s3
wait_members demo 2
stop_captures s1 s3
wait_for 10 "an empty group" ctl_is groups '.groups[0].members + .groups[0].absent == 0'
capture s4 pfq@demo
wait_members demo 1
frames b --kinds udp4 --one-way --flows 100 --packets 100
drain
ctl_is endpoints 'all(.endpoints[]; .counters.offered == 0)' || fail "$(ctl stats)"
stop_captures s4
stop_engine
