#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A capture file as the source: at full speed, looped, and at recorded speed.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
kinds=udp4,tcp4,udp6,tcp6,vlan,qinq,arp,frag4,frag6
# fragments wait by the file's time: here the first one comes last, there not at all
"$TOOLS/pfq-frames" -w "$T/pcap/source.pcap" --kinds $kinds --packets 3000 --flows 300 \
	--order reversed --window 8 >/dev/null
"$TOOLS/pfq-frames" -w "$T/pcap/lone.pcap" --kinds frag4,frag6 --headless --packets 100 \
	--flows 30 --rate 1000 >/dev/null

file_has_ended()
{
	ctl_is groups 'all(.groups[].devices[]; .state == "ended")'
}

start_engine <<END
[group demo]
id      = 42
ingest  = file:$T/pcap/source.pcap
steer   = flow
members = 3

[group lone]
id      = 43
ingest  = file:$T/pcap/lone.pcap
steer   = flow
members = 2
END
for i in 0 1 2; do
	capture "part$i" pfq@demo
done
capture lone0 pfq@lone
capture lone1 pfq@lone
wait_for 10 "the end of the file" file_has_ended
drain
stats_add_up all
nothing_lost
stat_is '.groups[0].counters.frag_waited > 500' '.groups[0].counters.frag_timed_out == 0' \
	'.groups[1].counters.frag_timed_out == .groups[1].counters.frag_waited' \
	'.groups[1].counters.frag_waited > 50' '.groups[1].counters.pending == 0'
stop_captures part0 part1 part2 lone0 lone1
check --reference source part0 part1 part2
check --reference lone lone0 lone1
stop_engine
