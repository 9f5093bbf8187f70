#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A device that comes without a queue that a group waits for: the log says so, and the group gets
# the queue's packets once the device has it.
. "$(dirname "$0")/../lib.sh"
begin
need ethtool
wire_up

# state_is GROUP STATE
state_is()
{
	# shellcheck disable=SC2016 # variables of jq
	ctl_is groups --arg g "$1" --arg s "$2" \
		'.groups[] | select(.name == $g) | .devices[0].state == $s'
}

engine_configure <<END
[group later]
id     = 43
device = later0/2
steer  = copy
END
launch_engine
wait_for 20 "group later to be there" state_is later absent
wire_add later0 later1
in_a ethtool -L later0 rx 2
ip -n "$NS_B" link set later1 up
ip -n "$NS_A" link set later0 up
why="device later0 has no queue 2: it has 2 receive queues, from 0 on"
wait_for 20 "the log to name the queue" grep -q "$why; it is not used" "$T/engine.err"
state_is later unused || fail "group later uses its device: $(ctl groups --json)"
ctl_is status 'any(.sources[]; (.why // "") | contains("has no queue 2"))' ||
	fail "the status gives no reason: $(ctl status --json)"
in_a ethtool -L later0 rx 4
wait_for 20 "group later to get the device" state_is later up
capture later pfq@later
stop_captures later
stop_engine
