#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A stopped consumer loses only its own packets. The files of the others are complete, in a
# group of copies and in a group that shares flows.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
start_server
start_two_groups
reference wire wire0
capture all0 pfq@all
PFQ_RING=1M capture all1 pfq@all
capture share0 pfq@share
capture share1 pfq@share
PFQ_RING=1M capture share2 pfq@share
wait_members all 2
wait_members share 3
kill -STOP "${PID[all1]}" "${PID[share2]}"
traffic --connections 300 --udp-flows 100
sleep 3
stats_add_up all
stat_is '[.endpoints[] | select(.counters.drop_ring_full > 0)] | length == 2' \
	'[.endpoints[] | select(.unread > 0)] | length == 2'
kill -CONT "${PID[all1]}" "${PID[share2]}"
drain
stats_add_up all
stop_captures all0 all1 share0 share1 share2 wire
check --reference wire all0
check --reference wire --partial share0 share1
# After it continues, the stopped member reads all packets that were in its ring.
check share2
[ "$(packets_in share2)" -gt 0 ] || fail "the stopped member lost the packets in its ring"
stop_engine
