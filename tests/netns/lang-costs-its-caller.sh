#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A consumer makes a group with the most expensive program that is allowed, with the largest tables,
# while another group shares flows on the same device. The other group loses nothing, as long as the
# engine has time for both. More cost or more memory is refused, and the memory goes with the group.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/costly.sh"
begin
wire_up

# joins NAME TEXT: tcpdump joins group "costly" with this program; the first one makes the group
joins()
{
	background "$1" env LD_LIBRARY_PATH="$T/lib" PFQ_LANG="$2" PFQ_RING=16M \
		ip netns exec "$NS_A" "$TCPDUMP" -n -i pfq@costly:wire0 -w "$(pcap "$1")"
}

# refused TEXT PROGRAM: nobody may make a group with it
refused()
{
	local status=0

	joins refused "$2"
	ended refused 10 || status=$?
	[ $status -eq 1 ] && grep -qF "$1" "$T/refused.err" ||
		fail "status $status, not refused with \"$1\": $(cat "$T/refused.err")"
}

# the engine has at most so many KiB
shrinks_to() { [ "$(engine_memory_kib)" -le "$1" ]; }

start_group share steer=flow ring=16M
start_members share d 2
before=$(engine_memory_kib)
reference wire wire0
joins c0 "$(costly_program)"
wait_members costly 1
"$PFQCTL" lang show -e "$(costly_program)" >"$T/cost"
awk '/^cost/ { cost = $4 } /^memory/ { bytes = $2 }
	END { exit !(cost >= 1000 && bytes >= 15 * 1024 * 1024) }' "$T/cost" ||
	fail "this is not the most: $(grep -E '^(cost|memory)' "$T/cost")"
frames b --kinds udp4,tcp4,udp6,frag4 --packets 4000 --rate $((4000 / PATIENCE))
drain
stats_add_up all
nothing_lost
stop_captures wire d0 d1 c0
check --reference wire d0 d1
check --reference wire c0
stat_is '.groups[] | select(.name == "costly") | .counters.recv == .counters.steered' \
	'.groups[] | select(.name == "costly") | .counts[0].packets > 0'

refused 'costs 11' "$(costly_program 8)"
refused 'the program takes' "flows size=1M in flow_packets <= 50 >-> steer_flow"
if [ "$ENGINE" = user ]; then
	wait_for 10 "the memory to go: $before KiB, $(engine_memory_kib)" \
		shrinks_to $((before + 4096))
fi
stop_engine
