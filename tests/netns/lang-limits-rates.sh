#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Limits: a burst passes at once, and then what the rate allows, of all packets or of each source.
. "$(dirname "$0")/../lib.sh"
begin
wire_up

# count GROUP NAME: print how many packets a program has counted for NAME
count()
{
	ctl stats "$1" --json | jq ".groups[0].counts[] | select(.name == \"$2\") | .packets"
}

program()
{
	echo "conditional ($1) (count under >-> steer_flow) (count over >-> drop)"
}

start_engine <<END
[group all]
device = wire0
lang = $(program 'within 1pps burst=50')

[group source]
device = wire0
lang = $(program 'within_src 1pps burst=50 size=64')

[group flow]
device = wire0
lang = $(program 'within_flow 8kbps burst=1s')
END
for group in all source flow; do
	capture "$group" "pfq@$group"
	wait_members "$group" 1
done
start=$(date +%s)
# of a whole minute at most 60 packets more pass, however slow the machine is
frames b --kinds udp4 --flows 1 --one-way --packets 1000 --rate 5000
frames b --kinds udp6 --flows 1 --one-way --packets 1000 --rate 5000
drain
seconds=$(($(date +%s) - start + 2))
stats_add_up all

# passed GROUP LEAST MOST: so many of the 2000 packets have passed
passed()
{
	local under over

	under=$(count "$1" under) over=$(count "$1" over)
	[ $((under + over)) -eq 2000 ] || fail "$1: $under and $over are not 2000 packets"
	[ "$under" -ge "$2" ] && [ "$under" -le "$3" ] ||
		fail "$1: $under packets have passed in $seconds s, and not $2 to $3"
	stat_is ".groups[] | select(.name == \"$1\").counters | .drop_program == $over and
		.steered == $under"
}
passed all 50 $((50 + seconds))
# two sources
passed source 100 $((100 + 2 * seconds))
# two flows, 1000 bytes in a second: frames of 142 and 162 bytes
passed flow 14 $((18 + 16 * seconds))
nothing_lost
stop_engine
