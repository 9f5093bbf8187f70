#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A device loses receive queues that groups have bound. Status and hints say so. The log says so,
# with the kernel engine when pfqd starts the next time. A group goes on with the queues that are
# left, also after that start, and gets the others back.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/hints.sh"
begin
need ethtool
wire_up

# state_is GROUP STATE WORD: is that the state of the group's device, with WORD in its reason?
state_is()
{
	# shellcheck disable=SC2016 # variables of jq
	ctl_is groups --arg g "$1" --arg s "$2" --arg why "$3" '.groups[] |
		select(.name == $g) | .devices[0] |
		.state == $s and (.why // "" | if $why == "" then . == "" else contains($why) end)'
}

# have_lost: do both groups say what they have lost?
have_lost()
{
	state_is one unused "device wire0 has no queue 3: it has 2 receive queues, from 0 on" &&
		state_is four up "device wire0 has no queue 2: it has 2 receive queues, from 0 on"
}

have_all()
{
	state_is one up "" && state_is four up ""
}

# groups STEER: print the groups
groups()
{
	cat <<-END
	[group one]
	device = wire0/3
	steer  = $1
	[group four]
	device = wire0/0-3
	steer  = $1
	END
}

# logged PATTERN: has the log a line of this?
logged()
{
	grep -q "$1" "$T/engine.err" || fail "no \"$1\" in the log"
}

start_engine < <(groups copy)
have_all || fail "$(ctl groups --json)"
capture one pfq@one
capture four pfq@four
in_a ethtool -L wire0 rx 2
wait_for 10 "the groups to tell that queues are gone: $(ctl groups --json)" have_lost
hinted device-unused "group one does not use wire0: device wire0 has no queue 3"
hinted device-queue "group four gets less from wire0 than it names: device wire0 has no queue 2"
if [ "$ENGINE" = user ]; then
	logged "error: .*has no queue 3: .*; it is not used"
	logged "warning: .*has no queue 2: .*; its other queues are used"
fi
frames b --kinds udp4 --packets 200
drain
stats_add_up all
stop_captures one four
[ "$(packets_in four)" -eq 200 ] || fail "four has $(packets_in four) packets of 200"

crash_engine
launch_engine
wait_for 20 "the next pfqd: $(ctl groups --json 2>&1)" have_lost
if [ "$ENGINE" = kernel ]; then
	logged "warning: group one: device wire0 has no queue 3: .*: the module waits for it"
	logged "warning: group four: device wire0 has no queue 2: .*: the module waits for it"
	application_refused pfq:wire0/0-3 "no queue of a number that is asked for"
else
	application_refused pfq:wire0/0-3 "has no queue 2"
fi
# a reload of another key does not ask about queues that the group has already
hang_up < <(groups rr)
have_lost || fail "$(ctl groups --json)"
ctl_is groups 'all(.groups[]; .steer == "rr")' ||
	fail "the reload was refused: $(ctl groups --json)"
in_a ethtool -L wire0 rx 4
wait_for 10 "the groups to have all queues" have_all
not_hinted device-queue
not_hinted device-unused
capture again pfq@four
frames b --kinds udp4 --packets 100
drain
stats_add_up all
stop_captures again
[ "$(packets_in again)" -eq 100 ] || fail "four has $(packets_in again) packets of 100"
stop_engine
