#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A member that does not read: its ring fills up to what the program allows, and is never full. All
# packets beyond are dropped by the program.
. "$(dirname "$0")/../lib.sh"
begin
wire_up

start_group demo 'lang = when (pressure > 60) (count shed >-> drop) >-> copy' ring=1M
background idle ip netns exec "$NS_A" env LD_LIBRARY_PATH="$T/lib" "$TOOLS/pfq-idle" pfq@demo
wait_for 10 'the member has joined' grep -q ready "$T/idle.out"
frames b --kinds udp4 --size 1400 --packets 4000 --rate 5000
wait_for 20 'the engine has the packets' ctl_is stats '.groups[0].counters.recv == 4000'
stats_add_up all
stat_is '.groups[0].counters.drop_program > 1000' \
	'.groups[0].counters | .steered + .drop_program == 4000' \
	'all(.endpoints[]; .counters.drop_ring_full == 0)'
stop_engine
