#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A capture that captop replays arrives byte for byte and in order. With loops, counts,
# filters and threads, captop sends the right number of packets.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/bench.sh"
begin
wire_up

"$TOOLS/pfq-frames" --kinds udp4,tcp4,udp6,frag4,mpls,arp --packets 300 --size 900 \
	-w "$(pcap file)" >/dev/null
n=$(packets_in file)

# replays NAME ARGUMENT...: replay the file; a second captop writes NAME.pcap from the wire
replays()
{
	local name=$1

	shift
	background "$name" ip netns exec "$NS_A" "$CAPTOP" \
		--json -B 64M -i wire0 -w "$(pcap "$name")"
	wait_for 10 "captop, see $name.err" grep -q 'listening on' "$T/$name.err"
	inject -r "$(pcap file)" "$@"
	hear "$name"
	is "$name" .all.packets "$(summary inject .all.packets)"
	is "$name" .all.packets "$(packets_in "$name")"
	is inject .mode replay
}

replays once
is inject .ended end
check --same file once

replays paced --rate 5k
check --same file paced

replays looped --loop 3
is inject .all.packets $((3 * n))
# shellcheck disable=SC2046
head -c 24 "$(pcap looped)" >"$(pcap thrice)"
for _ in 1 2 3; do
	tail -c +25 "$(pcap file)" >>"$(pcap thrice)"
done
check --same thrice looped

replays counted -c 100 --loop 0
is inject .ended count
is inject .all.packets 100
"$CAPTOP" -r "$(pcap file)" -w "$(pcap hundred)" -c 100 >/dev/null
check --same hundred counted

replays filtered udp
"$CAPTOP" -r "$(pcap file)" -w "$(pcap udp)" udp >/dev/null
check --same udp filtered

# Threads share the packets: each sends some, and together they send all.
replays shared --thread 3 --loop 2
is inject .all.packets $((2 * n))
is inject 'all(.threads[]; .packets > 0)' true
replays exactly --thread 3 --loop 0 -c $((5 * n + 7))
is inject .all.packets $((5 * n + 7))

# captop reads and writes files as tcpdump does.
"$CAPTOP" --json -r "$(pcap file)" >"$T/read.out"
is read .all.packets "$n"
is read .all.bytes "$(tcpdump -enr "$(pcap file)" 2>/dev/null |
	sed 's/.*, length \([0-9]*\):.*/\1/' | awk '{ sum += $1 } END { print sum }')"
"$CAPTOP" --json --next -r - <"$(pcap file)" >"$T/read.out"
is read .all.packets "$n"
tcpdump -r "$(pcap file)" -w - ip6 2>/dev/null | "$CAPTOP" --json -r - >"$T/read.out"
"$CAPTOP" -r "$(pcap file)" -w - ip6 2>/dev/null |
	cmp -s - <(tcpdump -r "$(pcap file)" -w - ip6 2>/dev/null) ||
	fail "captop -r -w - is not tcpdump -r -w -"
