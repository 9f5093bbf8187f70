#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A device comes without a queue that a group waits for. pfqctl says so, and the user engine's log.
# The group gets the queue's packets once the device has it.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/hints.sh"
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
wait_for 20 "the device to be there without its queue" state_is later unused
ctl groups later | grep -q "$why" || fail "pfqctl groups: $(ctl groups later)"
hinted device-unused "group later does not use later0: $why"
# pfqd does not learn what the module finds later
if [ "$ENGINE" = user ]; then
	wait_for 20 "the log to name the queue" grep -q "$why; it is not used" "$T/engine.err"
	ctl_is status 'any(.sources[]; (.why // "") | contains("has no queue 2"))' ||
		fail "the status gives no reason: $(ctl status --json)"
fi
in_a ethtool -L later0 rx 4
wait_for 20 "group later to get the device" state_is later up
capture later pfq@later
stop_captures later
stop_engine
