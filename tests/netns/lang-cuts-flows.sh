#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A program cuts long flows off: of each flow only the first packets pass, whichever lane they come
# by. Counts go on in the next program, if its table is the same.
. "$(dirname "$0")/../lib.sh"
begin
wire_up

lang()
{
	echo "flows size=$1 idle=1h in when ($2) (count cut >-> drop) >-> count kept >-> steer_flow"
}
# count NAME: print how many packets the program of demo has counted for NAME
count()
{
	ctl stats demo --json | jq ".groups[0].counts[] | select(.name == \"$1\") | .packets"
}
# kept LEAST: at least LEAST packets have passed, and one more for each lane that saw a new flow
kept()
{
	local kept cut

	drain
	stats_add_up all
	kept=$(count kept) cut=$(count cut)
	[ "$kept" -ge "$1" ] && [ "$kept" -le $(($1 + 20 * $(nproc))) ] ||
		fail "$kept packets have passed, and not $1"
	stat_is ".groups[0].counters | .recv == $((kept + cut)) and .drop_program == $cut and
		.steered == $kept"
}

start_group demo "lang = $(lang 1K 'flow_packets > 20')"
start_members demo d 2
reference wire wire0
# 20 flows, of which each has more packets than that, in both directions
frames b --kinds udp4,tcp6 --flows 10 --packets 2000 --rate 5000
kept 400

# by bytes, and with the counts of before: nothing passes
ctl group set demo "lang=$(lang 1K 'flow_bytes > 2000')" > "$T/set" || fail "$(cat "$T/set")"
before=$(count kept)
frames b --kinds udp4,tcp6 --flows 10 --packets 1000 --rate 5000
drain
[ "$(count kept)" -eq "$before" ] || fail "flows have begun anew: $before, $(count kept)"

# another size is another table: each flow begins anew
ctl group set demo "lang=$(lang 2K 'flow_packets > 20')" > "$T/set" || fail "$(cat "$T/set")"
frames b --kinds udp4,tcp6 --flows 10 --packets 2000 --rate 5000
kept $((before + 400))
nothing_lost
stop_captures wire d0 d1
# members have what was kept, and each flow with one of them
"$TOOLS/pfq-check" --json --reference "$(pcap wire)" "$(pcap d0)" "$(pcap d1)" > "$T/found" || true
jq -e ".found | .packets_missing == $((5000 - $(jq '[.groups[0].counts[] |
	select(.name == "kept") | .packets][0]' "$T/stats.json"))) and .packets_twice == 0 and
	.packets_alien == 0 and .flows_shared == 0" "$T/found" > /dev/null ||
	fail "the members have: $(cat "$T/found")"
stop_engine
