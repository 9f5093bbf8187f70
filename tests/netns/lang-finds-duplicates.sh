#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Two mirror ports see the same packets, one of them behind a router: with other MAC addresses, VLAN
# tag, TOS and TTL. The second copy of each packet is found, by whatever lane it comes, and no other
# packet is taken for one.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
wire_add port0 port1
ip -n "$NS_A" link set port0 up
ip -n "$NS_B" link set port1 up
export WORKERS=2

# Print the IP packets of captures, a line each, without what a router changes.
packets()
{
	local file

	for file; do
		"$TCPDUMP" -nn -t -x -r "$file" 2> /dev/null
	done | awk '
		function put() {
			if (substr(hex, 1, 1) == "4")
				hex = substr(hex, 1, 2) ".." substr(hex, 5, 12) ".." \
					substr(hex, 19, 2) "...." substr(hex, 25)
			else if (hex != "")
				hex = "6......." substr(hex, 9, 6) ".." substr(hex, 17)
			if (hex != "")
				print hex
			hex = ""
		}
		!/^\t0x/ { put(); next }
		{ $1 = ""; gsub(" ", ""); hex = hex $0 }
		END { put() }' | sort
}

start_engine <<END
[group demo]
device = wire0, port0
lang = when (is_dup 1s size=256K) (count copies >-> drop) >-> count first >-> steer_flow
END
start_members demo d 2
reference wire wire0
reference port port0
frames b --routed port1 --kinds udp4,tcp4,udp6,tcp6,frag4 --flows 50 --packets 5000 --rate 4000
sent=$(jq .frames "$T/frames.out")
drain
stats_add_up all
nothing_lost
stop_captures wire port d0 d1

# the exact list: what each port has seen is the same, and no packet is there twice
packets "$(pcap wire)" > "$T/wire.list"
packets "$(pcap port)" > "$T/port.list"
cmp "$T/wire.list" "$T/port.list" || fail "the ports have not seen the same packets"
[ "$(uniq "$T/wire.list" | wc -l)" -eq "$sent" ] || fail "packets are there twice by themselves"
packets "$(pcap d0)" "$(pcap d1)" > "$T/members.list"
cmp "$T/wire.list" "$T/members.list" || fail "the members have not each packet once"
stat_is ".groups[0].counters | .recv == $((2 * sent)) and .steered == $sent and
	.drop_program == $sent"
[ "$(ctl stats demo --json | jq -c '[.groups[0].counts[].packets]')" = "[$sent,$sent]" ] ||
	fail "copies and others are not $sent each: $(ctl stats demo --json)"
stop_engine
