#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfqctl status names a group without a member, a group of members that do not read, and a member
# that does not read.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/hints.sh"
begin
wire_up
start_group demo steer=flow
hinted no-member "group demo has no member, so nobody reads its packets: start a program on it"

# idle NAME: a program that opens the group and does not read
idle()
{
	background "$1" env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" \
		"$TOOLS/pfq-idle" pfq@demo
	wait_for 10 "$1 to join" grep -q ready "$T/$1.out"
}

idle first
hinted no-reader "group demo has members (1), and none of them reads"
not_hinted no-member
lacks_hint not-started || fail "two hints say the same"
capture reader pfq@demo
wait_members demo 1
not_hinted no-reader
hinted not-started "(pfq-idle, process ${PID[first]}) has joined and never read"

# A member that has left does not read, and is not named.
kill -KILL "${PID[first]}"
not_hinted not-started
PFQ_NAME=gone capture gone pfq@demo
wait_members demo 2
stop_captures gone
wait_for 5 "the member to be absent" ctl_is endpoints 'any(.endpoints[]; .name == "gone")'
wait_members demo 1
lacks_hint not-started || fail "an absent member does not read: $(ctl status)"
stop_captures reader
stop_engine
