#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# With the kernel engine, a group with members goes on while pfqd is away, and loses nothing. The
# next pfqd takes it over and gives it the settings of its file. A group without members ends with
# pfqd, and one whose members leave meanwhile ends with the last.
. "$(dirname "$0")/../lib.sh"
begin
[ "$ENGINE" = kernel ] || skip "the user engine ends with pfqd"

# group FILTER: configure group demo, and a group that nobody joins
group()
{
	engine_configure <<-END
	[group demo]
	device = wire0
	steer = flow
	filter = $1
	[group empty]
	device = wire0
	END
}

wire_up
group "udp or tcp"
launch_engine
wait_for 20 "the engine, see engine.err" engine_is_up
for death in crash_engine stop_engine; do
	capture "${death}0" pfq@demo -U
	capture "${death}1" pfq@demo -U
	wait_members demo 2
	id=$(ctl groups --json | jq '.groups[] | select(.name == "demo").id')
	frames b --kinds udp4,tcp4 --packets 1000 --rate 5000
	$death
	frames b --kinds udp4,tcp4 --packets 1000 --rate 5000
	group udp
	launch_engine
	wait_for 20 "the engine, see engine.err" engine_is_up
	wait_members demo 2
	[ "$(ctl groups --json | jq '.groups[] | select(.name == "demo").id')" = "$id" ] ||
		fail "$death: another group: $(ctl groups)"
	drain
	before=$(($(packets_in "${death}0") + $(packets_in "${death}1")))
	[ "$before" -eq 2000 ] || fail "$death: $before of 2000 packets"
	frames b --kinds udp4,tcp4 --packets 1000 --rate 5000
	drain
	stats_add_up
	stop_captures "${death}0" "${death}1"
	after=$(($(packets_in "${death}0") + $(packets_in "${death}1") - before))
	[ "$after" -eq 500 ] ||
		fail "$death: the filter of the next pfqd passed $after of 1000 packets"
	group "udp or tcp"
	stop_engine
	launch_engine
	wait_for 20 "the engine, see engine.err" engine_is_up
done
capture last pfq@demo
wait_members demo 1
crash_engine
stop_captures last
launch_engine
wait_for 20 "the engine, see engine.err" engine_is_up
ctl_is groups '[.groups[].members] == [0, 0]' || fail "$(ctl groups)"
stop_engine
