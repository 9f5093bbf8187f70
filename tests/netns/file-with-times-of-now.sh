#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# An old capture is replayed for programs that need live packets. Its packets get the time
# of the replay and keep their recorded pauses. In another group the same file keeps its own
# times.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
# The file lasts for one second.
"$TOOLS/pfq-frames" -w "$T/pcap/source.pcap" --kinds udp4,tcp6 --packets 200 --rate 200 >/dev/null

start_engine <<-END
[group live]
ingest     = file:$T/pcap/source.pcap
speed      = recorded
timestamps = now
members    = 1
[group old]
ingest  = file:$T/pcap/source.pcap
speed   = recorded
members = 1
END

# times NAME: print the times of the first and the last packet in microseconds, and the
# number of packets
times()
{
	"$TCPDUMP" -n -tt -r "$(pcap "$1")" 2>/dev/null |
		awk '{ sub(/\./, "", $1)
				if (NR == 1) first = $1; else if ($1 < last) exit 1; last = $1 }
			END { print first, last, NR }'
}

sleep 1.1
begun_us=$(date +%s%6N)
capture old pfq@old
capture live pfq@live
file_has_ended()
{
	ctl_is groups 'all(.groups[].devices[]; .state == "ended")'
}
wait_for 10 "the end of the files" file_has_ended
ended_us=$(date +%s%6N)
drain
stats_add_up all
stop_captures live old

check --same source old
read -r first_us last_us count < <(times live)
[ "$count" -eq 200 ] || fail "$count of 200 packets came"
[ "$first_us" -ge "$begun_us" ] && [ "$last_us" -le "$ended_us" ] ||
	fail "times from $first_us to $last_us, but the replay ran from $begun_us to $ended_us"
[ $((last_us - first_us)) -ge 980000 ] ||
	fail "a second is $((last_us - first_us)) microseconds long"
