#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# GRE and VXLAN between two hosts carry hundreds of flows. With steer = flow-inner, and with a
# program that says so, the members share them, both directions of a flow stay together, and so
# do the fragments of a tunnel's packet. With steer = flow they do not: the test would notice.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
export WORKERS=2
groups='inner lang outer'
start_engine <<'EOF'
[group inner]
device = wire0
steer = flow-inner
frag_wait = 5s

[group lang]
device = wire0
lang = steer_flow_inner
frag_wait = 5s

[group outer]
device = wire0
steer = flow
frag_wait = 5s
EOF
parts() { echo "$1-$2-0" "$1-$2-1" "$1-$2-2"; }

# round NAME FRAMES-OPTIONS: send the frames to three members of each group
round()
{
	local name=$1 group part

	shift
	reference "wire-$name" wire0
	for group in $groups; do
		for part in $(parts "$group" "$name"); do
			capture "$part" "pfq@$group"
		done
		wait_members "$group" 3
	done
	frames b --flows 200 --rate 20000 --packets 2000 --kinds udp4,tcp4,udp6,tcp6 "$@"
	drain
	stats_add_up
	for group in $groups; do
		# shellcheck disable=SC2046 # names without white space
		stop_captures $(parts "$group" "$name")
		wait_members "$group" 0
	done
	stop_captures "wire-$name"
	for group in inner lang; do
		# shellcheck disable=SC2046
		check --inside --reference "wire-$name" $(parts "$group" "$name")
		for part in $(parts "$group" "$name"); do
			[ "$(packets_in "$part")" -ge 200 ] || fail "$part got almost no packets"
		done
	done
}

for tunnel in gre4 gre6 vxlan4 vxlan6; do
	round $tunnel --tunnel $tunnel
	# of 1442 bytes and more, in two fragments, which come in any order
	round frag-$tunnel --tunnel $tunnel --size 1400 --order shuffled --window 32
	[ "$(jq .datagrams "$T/frames.out")" -eq 2000 ] || fail "$tunnel: not 2000 datagrams"
done
# a part of the packets in tunnels, and others in fragments
round mixed --tunnel vxlan4 --kinds udp4,tcp6,frag4,frag6 --order shuffled --window 32
stat_is '[.groups[].counters | .frag_timed_out + .frag_no_room] | add == 0' \
	'[.groups[].counters | .frag_waited > 2000] | all'

# One of three members has all of GRE, and the directions of VXLAN's flows are apart.
most=0
for part in $(parts outer gre4); do
	n=$(packets_in "$part")
	most=$((n > most ? n : most))
done
[ "$most" -ge 2000 ] || fail "steer = flow divides the packets of GRE"
# shellcheck disable=SC2046
"$TOOLS/pfq-check" --json --inside $(pcap $(parts outer vxlan4)) > "$T/apart.json" || true
jq -e '.found.flows_parted > 0' "$T/apart.json" > /dev/null ||
	fail "steer = flow keeps both directions of VXLAN's flows together"
stop_engine
