#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A capture that pfq-gen sends arrives byte for byte and in order, once or several times,
# tagged frames included. Changes that a receiver makes to a page do not come back.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/bench.sh"
begin
wire_up
needs_gen

# use KINDS: make a capture of these kinds and count its packets
use()
{
	"$TOOLS/pfq-frames" --kinds "$1" --packets 300 --size 900 -w "$(pcap file)" >/dev/null
	n=$(packets_in file)
}

# sends NAME TIMES ARGUMENT...: send; the file arrives TIMES times
sends()
{
	local name=$1 times=$2 i

	shift 2
	reference "$name" wire0
	generate --pcap "$(pcap file)" --pass "wire0@$NS_A" "$@"
	hear "$name"
	is gen .sent "$((n * times))"
	is gen .received "$((n * times))"
	is gen '"\(.dropped) \(.failed) \(.unaccounted)"' "0 0 0"
	head -c 24 "$(pcap file)" >"$(pcap "$name-expected")"
	for ((i = 0; i < times; i++)); do
		tail -c +25 "$(pcap file)" >>"$(pcap "$name-expected")"
	done
	check --same "$name-expected" "$name"
}

use udp4,tcp4,udp6,frag4,vlan,qinq,arp
sends once 1
sends looped 7 --loop 7
sends counted 5 -c $((5 * n)) --batch 3
sends sparse 1 --rate 5k
# Frames of a protocol without a handler. A kernel that receives packets in lists gives
# these to a socket after later frames that have a handler.
use mpls
sends mpls 2 --loop 2
use pppoe
sends pppoe 2 --loop 2

# a part of the capture
generate --pcap "$(pcap file)" -c 10 --sink "wire0@$NS_A"
is gen .received 10
generate --pcap "$(pcap file)" --for 0.5 --sink "wire0@$NS_A"
is gen .ended time
is gen '.received == .sent and .sent > 1000' true

# pfq-gen refuses captures that it cannot send.
export STATUS=1
refused_line --pcap '/nothing' 'No such file' -- in_b "$GEN" -o wire1 --pcap /nothing
ip -n "$NS_B" link set wire1 mtu 1000
"$TOOLS/pfq-frames" --packets 3 --size 1400 -w "$(pcap long)" >/dev/null
refused_line --pcap 'a packet of 14' '"wire1" takes up to 1018' -- \
	in_b "$GEN" -o wire1 --pcap "$(pcap long)"
"$TOOLS/pfq-frames" --packets 3 -w "$(pcap other)" >/dev/null
printf '\161' | dd of="$(pcap other)" bs=1 seek=20 conv=notrunc status=none # LINKTYPE_LINUX_SLL
refused_line --pcap LINUX_SLL EN10MB -- in_b "$GEN" -o wire1 --pcap "$(pcap other)"
