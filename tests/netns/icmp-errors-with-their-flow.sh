#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# ICMP and ICMPv6 errors go to the member that has the quoted flow. The far end or routers
# send them, tagged or not.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
export WORKERS=2
start_group demo steer=flow

reference wire wire0
start_members demo part 3
frames b --kinds udp4,unreach4,tcp4,exceed4,udp6,unreach6,tcp6,toobig6,vlan,unreachv \
	--packets 6000 --flows 300 --window 64 --rate 30000
drain
stats_add_up
stop_captures part0 part1 part2 wire
check --reference wire part0 part1 part2
[ "$(jq .frames "$T/frames.out")" -eq 6000 ] || fail "not 6000 frames were sent"
stop_engine
