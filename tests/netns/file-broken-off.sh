#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The engine distinguishes a replay that fails (a truncated file, an impossible record) from
# one that reaches its end. State, exit status, JSON and log say where and why it failed.
# Packets before the failure are delivered.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
"$TOOLS/pfq-frames" -w "$T/pcap/whole.pcap" --kinds udp4 --packets 1000 >/dev/null
size=$(stat -c %s "$T/pcap/whole.pcap")
head -c $((size - 1)) "$T/pcap/whole.pcap" >"$T/pcap/cut.pcap"
# a record of 2 GiB
{ cat "$T/pcap/whole.pcap"; printf '%4s%4s\377\377\377\177\0\0\0\1' '' ''; } >"$T/pcap/record.pcap"

# state_of FILE: print the state of its replay
state_of()
{
	ctl status --json |
		jq -r --arg f "file:$T/pcap/$1.pcap" '.sources[] | select(.device == $f) | .state'
}

has_state()
{
	[ "$(state_of "$1")" = "$2" ]
}

# replays FILE STATE STATUS PACKETS: replay FILE and check the result
replays()
{
	local status=0

	start_file "$1"
	wait_for 10 "the replay of $1 to be $2" has_state "$1" "$2"
	drain
	stop_captures "$1"
	in_a "$PFQCTL" status >"$T/status.out" || status=$?
	[ $status -eq "$3" ] || fail "$1: pfqctl status ended with $status: $(cat "$T/status.out")"
	[ "$(packets_of "$1")" -eq "$4" ] || fail "$1: not $4 packets"
	stop_engine
}

start_file()
{
	engine_configure <<-END
	[group demo]
	id      = 42
	ingest  = file:$T/pcap/$1.pcap
	steer   = copy
	members = 1
	END
	launch_engine
	wait_for 20 "the engine, see engine.err" ctl_is groups '.groups | length == 1'
	background "$1" env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" \
		"$TCPDUMP" -n -i pfq@demo -w "$T/pcap/of-$1.pcap"
	wait_for 10 "capture $1" grep -q 'listening on' "$T/$1.err"
}

# packets_of FILE: print the number of packets in the capture of its replay
packets_of()
{
	"$TOOLS/pfq-check" --json "$T/pcap/of-$1.pcap" | jq .packets
}

# said WORD...: the log and pfqctl's output have each word
said()
{
	local word

	for word; do
		grep -qF -e "$word" "$T/engine.err" ||
			fail "\"$word\" is not in: $(cat "$T/engine.err")"
		grep -qF -e "$word" "$T/status.out" ||
			fail "\"$word\" is not in: $(cat "$T/status.out")"
	done
}

replays whole ended 0 1000
! grep -q "ended early" "$T/engine.err" ||
	fail "the replay of a whole file failed: $(cat "$T/engine.err")"
replays cut broken 3 999
said "cut.pcap: ended early, in packet 1000, at byte $((size - 1)) of $((size - 1)): "
replays record broken 3 1000
said "record.pcap: ended early, in packet 1001, at byte $((size + 16)) of $((size + 16)): "
[ "$(grep -c 'ended early' "$T/engine.err")" -eq 1 ] ||
	fail "the log does not have it exactly once: $(cat "$T/engine.err")"
