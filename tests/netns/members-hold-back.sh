#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# members = 2: the engine steers no packet before the second member has joined.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
start_group demo steer=flow members=2
capture first pfq@demo
wait_members demo 1
frames b --kinds udp4 --packets 100
wait_for 5 "100 packets received" ctl_is stats '.groups[0].counters.recv == 100'
stats_add_up all
stat_is '.groups[0].counters.drop_no_member == 100' '.groups[0].counters.steered == 0'
capture second pfq@demo
wait_members demo 2
reference wire wire0
frames b --kinds udp4,tcp6 --packets 1000 --seed 2 --rate 30000
drain
stats_add_up all
stat_is '.groups[0].counters.drop_no_member == 100' '.groups[0].counters.steered == 1000'
stop_captures first second wire
check --reference wire first second
stop_engine
