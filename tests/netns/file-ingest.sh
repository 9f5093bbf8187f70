#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A capture file as the source, at full speed: groups share its flows, and fragments wait by
# the times in the file.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
kinds=udp4,tcp4,udp6,tcp6,vlan,qinq,arp,frag4,frag6
# Fragments wait by the times in the file. Here the first fragment comes last; in lone.pcap
# it is missing.
"$TOOLS/pfq-frames" -w "$T/pcap/source.pcap" --kinds $kinds --packets 3000 --flows 300 \
	--order reversed --window 8 >/dev/null
"$TOOLS/pfq-frames" -w "$T/pcap/lone.pcap" --kinds udp4,frag4,frag6 --headless --packets 3000 \
	--flows 30 --rate 1000 >/dev/null
# The same packets after two others, the second of which is later than they are: the file's
# time goes back once.
"$TOOLS/pfq-frames" -w "$T/pcap/back.pcap" --kinds tcp4 --packets 2 --flows 1 --rate 1000 >/dev/null
tail -c +25 "$T/pcap/lone.pcap" >>"$T/pcap/back.pcap"

file_has_ended()
{
	ctl_is groups 'all(.groups[].devices[]; .state == "ended")'
}

# steps_back NAME: count the records that are older than the one before
steps_back()
{
	tcpdump -tt -n -r "$T/pcap/$1.pcap" 2>/dev/null |
		awk '$1 < last { n++ } { last = $1 } END { print n + 0 }'
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

[group back]
id      = 44
ingest  = file:$T/pcap/back.pcap
steer   = flow
members = 2
# With the same frag_wait this group would use the decisions of the other groups on these
# datagrams.
frag_wait = 40ms
END
for i in 0 1 2; do
	capture "part$i" pfq@demo
done
capture lone0 pfq@lone
capture lone1 pfq@lone
capture back0 pfq@back
capture back1 pfq@back
wait_for 10 "the end of the file" file_has_ended
drain
stats_add_up all
nothing_lost
stat_is '.groups[0].counters.frag_waited > 500' '.groups[0].counters.frag_timed_out == 0' \
	'all(.groups[1:][].counters; .frag_timed_out > 50 and .pending == 0)' \
	'all(.groups[1:][].counters; .frag_timed_out + .frag_no_room >= .frag_waited)'
stop_captures part0 part1 part2 lone0 lone1 back0 back1
check --reference source part0 part1 part2
check --reference lone lone0 lone1
check --reference back back0 back1
# A packet that did not wait has a time that fits the other packets of its file.
for i in 0 1; do
	[ "$(steps_back "lone$i")" -eq 0 ] || fail "the times in lone$i go back"
	[ "$(steps_back "back$i")" -le 1 ] || fail "back$i goes back in time more than its file"
done
stop_engine
