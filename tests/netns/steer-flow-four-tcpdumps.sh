#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Four unmodified tcpdumps share a wire by flow. Each packet is in exactly one of their
# files. All packets of a flow, in both directions and with all fragments, are in the same
# file.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
start_server
start_group demo steer=flow
reference wire wire0
start_members demo part 4
for i in 0 1 2 3; do
	is_ours "part$i"
done
traffic --connections 300 --udp-flows 150
drain
stats_add_up all
stat_is '.groups[0].counters.recv == .groups[0].counters.steered' \
	'all(.endpoints[]; .counters.drop_ring_full == 0)' \
	'all(.status.sources[]; .counters.drop_socket == 0)'
stop_captures part0 part1 part2 part3 wire
check --reference wire part0 part1 part2 part3
for i in 0 1 2 3; do
	[ "$(packets_in "part$i")" -gt 500 ] || fail "part$i got almost no packets"
done
stop_engine
