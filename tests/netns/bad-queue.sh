#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A queue that the device does not have is refused: in the configuration, and from a program. The
# error names the device, the queue, and how many queues the device has. If the device comes later,
# the log says so, and the group gets the device once it has the queue.
. "$(dirname "$0")/../lib.sh"
begin
need ethtool
wire_up

engine_configure <<END
[group demo]
id     = 42
device = wire0/99
END
launch_engine
status=0
ended engine 10 || status=$?
[ $status -eq 1 ] || fail "the engine ended with status $status"
grep -q "device wire0 has no queue 99: it has 4 receive queues" "$T/engine.err" ||
	fail "the error is another one: $(cat "$T/engine.err")"

# state_is GROUP STATE
state_is()
{
	# shellcheck disable=SC2016 # variables of jq
	ctl_is groups --arg g "$1" --arg s "$2" \
		'.groups[] | select(.name == $g) | .devices[0].state == $s'
}

engine_configure <<END
[group demo]
id     = 42
device = wire0/0-3
steer  = copy
[group later]
id     = 43
device = later0/2
steer  = copy
END
launch_engine
wait_for 20 "group demo to have its device" state_is demo up
application_refused pfq:wire0/4 "device wire0 has no queue 4: it has 4 receive queues"
application_refused pfq:wire0/2-6 "device wire0 has no queue 4"
application_refused pfq@new:wire0/1023 "device wire0 has no queue 1023"
in_a ethtool -L wire0 rx 1
application_refused pfq:wire0/1 "device wire0 has no queue 1: it has 1 receive queue,"
in_a ethtool -L wire0 rx 4
# A device that does not tell how many queues it has.
capture lo pfq:lo/99
stop_captures lo

state_is later absent || fail "later0 is there: $(ctl groups --json)"
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
