#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The selectable descriptor after each way to end a read, in immediate mode and in batches.
# If no packet is left, poll() times out, and the next packet ends it. If a packet is left,
# poll() returns at once.
. "$(dirname "$0")/../lib.sh"
begin
need "$TOOLS/pfq-leave"
wire_up
start_group all steer=copy

# ours NAME TIMEOUT IMMEDIATE: run pfq-leave. One after the other, because each reads what
# it sends and no other packet may arrive.
ours()
{
	background "$1" env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" \
		"$TOOLS/pfq-leave" pfq@all 10.77.0.2 "$2" "$3"
	ended "$1" 60 || fail "$1: $(grep FAILED "$T/$1.out") $(cat "$T/$1.err")"
	[ "$(grep -c '^done' "$T/$1.out")" -eq 19 ] || fail "$1: $(cat "$T/$1.out")"
}

ours immediate 1000 1
ours batches 20 0
stop_engine
