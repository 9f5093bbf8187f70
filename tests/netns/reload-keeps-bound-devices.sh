#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A reload keeps the device that a program has bound to a group, until the group's last member has
# left. A change that does not go together with it is refused.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
wire_add more0 more1
ip -n "$NS_A" link set more0 up
ip -n "$NS_B" link set more1 up
start_group demo steer=copy
capture binder pfq@demo:more0
capture other pfq@demo
wait_members demo 2

# bound_are LIST: are these the devices of the group?
bound_are()
{
	ctl_is groups ".groups[0].bindings == \"$1\"" || fail "the group has other devices than $1"
}

# more COUNT SEED: send to more0
more()
{
	in_b "$TOOLS/pfq-frames" -i more1 --kinds udp4 --packets "$1" --seed "$2" >/dev/null
	drain
}

bound_are wire0,more0
more 100 1
ctl group set demo filter=udp >"$T/set.out"
[ "$ENGINE" = user ] || ctl group set demo mode=tap >"$T/set.out"
bound_are wire0,more0
more 200 2
! ctl group set demo device=wire0,more0/0 >"$T/set.out" 2>&1 ||
	fail "other queues of the program's device were bound"
grep -q "bound" "$T/set.out" || fail "pfqctl says: $(cat "$T/set.out")"
hang_up < <(printf '%s\n' '[group demo]' 'device = lo' 'steer = copy')
bound_are lo,more0
more 400 3
stop_captures binder
bound_are lo,more0
more 800 4
stop_captures other
wait_for 5 "the end of the binding" bound_are lo
[ "$(packets_in binder)" -eq 700 ] || fail "binder has $(packets_in binder) of 700 packets"
[ "$(packets_in other)" -eq 1500 ] || fail "other has $(packets_in other) of 1500 packets"

# The file takes the device over: it stays.
capture binder pfq@demo:more0
wait_members demo 1
hang_up < <(printf '%s\n' '[group demo]' 'device = more0' 'steer = copy')
stop_captures binder
bound_are more0
stop_engine
