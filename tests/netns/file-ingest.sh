#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A capture file as the source: at full speed, looped, and at recorded speed.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
kinds=udp4,tcp4,udp6,tcp6,vlan,qinq,arp,frag4,frag6
"$TOOLS/pfq-frames" -w "$T/pcap/source.pcap" --kinds $kinds --packets 3000 --flows 300 >/dev/null

file_has_ended()
{
	ctl_is groups '.groups[0].devices[0].state == "ended"'
}

start_engine <<END
[group demo]
id      = 42
ingest  = file:$T/pcap/source.pcap
steer   = flow
members = 3
END
for i in 0 1 2; do
	capture "part$i" pfq@demo
done
wait_for 10 "the end of the file" file_has_ended
drain
stats_add_up all
nothing_lost
stop_captures part0 part1 part2
check --reference source part0 part1 part2
stop_engine
