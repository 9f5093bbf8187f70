#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfq:DEVICE without a group is a private copy. It takes no packet from other members, and
# the list of devices does not show it.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
start_server
start_group demo steer=flow
reference wire wire0
capture shared pfq@demo
wait_members demo 1
capture one pfq:wire0
capture two pfq:wire0 -s 100
traffic --connections 50 --udp-flows 30
drain
stats_add_up all
in_a env LD_LIBRARY_PATH="$T/lib" "$TCPDUMP" -D >"$T/list.out"
[ "$(grep -c 'pfq@' "$T/list.out")" -eq 1 ] || fail "tcpdump -D lists: $(cat "$T/list.out")"
stop_captures shared one two wire
check --reference wire shared
check --reference wire one
[ "$(packets_in two)" -eq "$(packets_in wire)" ] || fail "a snaplen changed the number of packets"
longest=$(tcpdump -r "$(pcap two)" -w - 'greater 101' 2>/dev/null | wc -c)
[ "$longest" -gt 1000 ] || fail "the length on the wire was lost with the snaplen"
stop_engine
