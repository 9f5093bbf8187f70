#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A group replays a capture file with its recorded pauses, and then several times at full
# speed.
#
# Alone: it measures how long a replay takes
. "$(dirname "$0")/../lib.sh"
begin
wire_up
# The file lasts for two seconds.
"$TOOLS/pfq-frames" -w "$T/pcap/source.pcap" --kinds udp4,tcp6,vlan --packets 2000 --rate 1000 \
	>/dev/null

file_has_ended()
{
	ctl_is groups '.groups[0].devices[0].state == "ended"'
}

# play NAME KEY=VALUE...: replay the file to its end; sets $took_ms to the time that it took
play()
{
	local name=$1 begun_ms key keys=

	shift
	for key; do
		keys+="${key%%=*} = ${key#*=}"$'\n'
	done
	start_engine <<-END
	[group demo]
	id      = 42
	ingest  = file:$T/pcap/source.pcap
	steer   = flow
	members = 1
	$keys
	END
	begun_ms=$(date +%s%3N)
	capture "$name" pfq@demo
	wait_for 15 "the end of the file" file_has_ended
	took_ms=$(($(date +%s%3N) - begun_ms))
	drain
	stats_add_up all
	nothing_lost
	stop_captures "$name"
	stop_engine
}

play recorded speed=recorded
check --same source recorded
# The time includes the start. A busy machine takes longer, but never less.
[ $took_ms -ge 1900 ] || fail "two seconds were replayed in $took_ms ms"
play thrice loops=3
[ "$(packets_in thrice)" -eq 6000 ] ||
	fail "$(packets_in thrice) packets were replayed, not three times 2000"
[ $took_ms -lt 5000 ] || fail "full speed took $took_ms ms"
