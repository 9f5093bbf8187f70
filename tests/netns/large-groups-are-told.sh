#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Twenty groups, each with the longest text of a program that is shown, as many counters as there
# may be, and long texts of filter and VLANs: no message can hold them together, and each of them is
# told whole.
. "$(dirname "$0")/../lib.sh"
begin
wire_up

GROUPS_MADE=20
long=$(printf 'x%.0s' {1..26})		# a counter's name has up to 31 bytes
for ((g = 0; g < GROUPS_MADE; g++)); do
	{
		for ((i = 0; i < 64; i++)); do
			printf 'count %s%05d >->\n' "$long" $((100 * g + i))
		done
		printf 'steer_flow # '
	} > "$T/$g.lang"
	printf "%0$((4095 - $(wc -c < "$T/$g.lang")))d" 0 >> "$T/$g.lang"
done
filter=$(printf 'tcp port %d or ' {10001..10040})
start_engine < <(for ((g = 0; g < GROUPS_MADE; g++)); do
	printf '[group g%d]\ndevice = wire0\nlang = file:%d.lang\nfilter = %s\nvlan = %s\n' \
		"$g" "$g" "${filter}udp" "untagged,$(seq -s , 1 2 300)"
done)

ctl groups --json > "$T/groups"
[ "$(jq '[.groups[].lang | length] | add' "$T/groups")" -gt 65536 ] ||
	fail "the texts of the programs fit into one message"
for ((g = 0; g < GROUPS_MADE; g++)); do
	jq -e --rawfile text "$T/$g.lang" --argjson g "$g" --arg filter "${filter}udp" \
		'.groups[$g] | .name == "g\($g)" and .lang == $text and .filter == $filter and
		(.counts | length) == 64 and (.vlans | length) > 500' "$T/groups" > "$T/is" ||
		fail "group g$g is told as $(jq -c ".groups[$g]" "$T/groups")"
done
in_b "$TOOLS/pfq-frames" -i wire1 --packets 100 > "$T/sent"
# the counters of the last group, too, each with all packets
wait_for 10 "100 packets for each of the counters" ctl_is groups \
	'all(.groups[]; .counters.recv == 100 and all(.counts[]; .packets == 100))'
stats_add_up all
nothing_lost
stop_engine
