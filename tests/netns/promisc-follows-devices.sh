#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A device becomes promiscuous soon after it appears, gets the name that a group waits for,
# or is moved to this namespace. It stays so while the group or a member asks for it, and
# not after it has left.
. "$(dirname "$0")/../lib.sh"
begin
wire_up

has_promiscuity()
{
	[ "$(promiscuity "$1")" -eq "$2" ]
}

# becomes DEVICE PROMISCUITY WHEN: wait for this promiscuity
becomes()
{
	wait_for 5 "$1 to have promiscuity $2 $3" has_promiscuity "$1" "$2"
}

# comes NAME PEER: make a device and set it up
comes()
{
	wire_add "$1" "$2"
	ip -n "$NS_B" link set "$2" up
	ip -n "$NS_A" link set "$1" up
}

engine_configure <<END
[group always]
device  = late0
steer   = flow
promisc = yes

[group asked]
device  = wish0
steer   = flow
promisc = no
END
launch_engine
wait_for 20 "the groups, see engine.err" ctl_is groups '.groups | length == 2'

comes late0 late1
becomes late0 1 "when it came"
ip -n "$NS_A" link del late0
wire_add other0 late1
ip -n "$NS_B" link set late1 up
ip -n "$NS_A" link set other0 name late0
ip -n "$NS_A" link set late0 up
becomes late0 1 "when it was given its name"
ip -n "$NS_A" link set late0 netns "$NS_B"
wait_for 5 "no promiscuity elsewhere" sh -c \
	"ip -n '$NS_B' -d link show late0 | grep 'promiscuity 0'"
ip -n "$NS_B" link set late0 netns "$NS_A"
ip -n "$NS_A" link set late0 up
becomes late0 1 "when it was moved here"

# The member asks for promiscuous mode, but its group does not. tcpdump does so without -p.
capture member pfq@asked
wait_members asked 1
comes wish0 wish1
becomes wish0 1 "while a member wants it"
stop_captures member
becomes wish0 0 "when the member has left"

# The engine ends at once after a device has appeared. In the guest the module is removed
# next.
ip -n "$NS_A" link del late0
comes late0 late1
stop_engine
becomes late0 0 "when the engine has ended"
