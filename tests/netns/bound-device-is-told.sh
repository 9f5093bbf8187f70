#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A program of root that looks at another device binds it to the group of its configuration, so that
# the group's members get its packets, too. The log and pfqctl status say who has done so, and
# pfqctl unbind removes the device.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/hints.sh"
begin
wire_up
wire_add other0 other1
ip -n "$NS_A" link set other0 up
ip -n "$NS_B" link set other1 up

# devices_are NAME...: has group demo these devices?
devices_are()
{
	# shellcheck disable=SC2016 # a variable of jq
	ctl_is groups --arg names "$*" '[.groups[0].devices[].name] | join(" ") == $names'
}

start_group demo steer=copy
capture sensor pfq@demo
PFQ_GROUP=demo capture looks other0
pid=$(ctl endpoints --json | jq '.endpoints[-1].pid')
who="tcpdump (process $pid, user 0)"
grep -qF "warning: group demo: $who binds other0 to it, until its last member leaves" \
	"$T/engine.err" || fail "the log does not say who binds other0"
hinted device-bound "group demo also gets the packets of other0, which $who has bound until"
ctl_is status '[.hints[] | select(.hint == "device-bound").device] == ["other0"]' ||
	fail "the hint is about another device: $(ctl status --json)"

# frames_from_other N: other1 sends N frames
frames_from_other()
{
	in_b "$TOOLS/pfq-frames" -i other1 --one-way --packets "$1" >/dev/null
	drain
}

frames_from_other 10
! ctl unbind demo other0/3 2>"$T/unbind.err" || fail "a queue that is not bound is unbound"
devices_are wire0 other0 || fail "the devices are others: $(ctl groups)"
ctl unbind demo other0 >"$T/unbind.log"
grep -q '^group demo: other0, which a program has bound, is not bound any more$' "$T/unbind.log" ||
	fail "$(cat "$T/unbind.log")"
devices_are wire0 || fail "other0 is still bound: $(ctl groups)"
not_hinted device-bound
frames_from_other 10
frames b --one-way --packets 5
drain
stats_add_up all
stop_captures sensor looks
for name in sensor looks; do
	[ "$(packets_in $name)" -eq 15 ] || fail "$name has $(packets_in $name) packets, not 15"
done
! ctl unbind demo other0 2>"$T/unbind.err" || fail "other0 is unbound twice"
stop_engine
