#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# SIGHUP adds and removes groups and devices. The members of a removed group end, and say why;
# those of other groups stay. A device that stays loses no packet.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
wire_add more0 more1
ip -n "$NS_A" link set more0 up
ip -n "$NS_B" link set more1 up

start_engine <<-END
	[group demo]
	id     = 42
	device = wire0
	[group old]
	id     = 7
	device = wire0, more0
	steer  = copy
END
capture demo pfq@demo
PFQ_RECONNECT=no capture old pfq@old
wait_members demo 1
wait_members old 1
reference wire wire0
background sender ip netns exec "$NS_B" "$TOOLS/pfq-frames" -i wire1 \
	--packets $((24000 * PATIENCE)) --rate 4000

# more COUNT SEED: send to more0, which is no part of the reference
more()
{
	in_b "$TOOLS/pfq-frames" -i more1 --kinds tcp4 --packets "$1" --seed "$2" >/dev/null
}

more 100 3
# The module removes groups last, so the new group cannot have the id of the old one.
id=7
[ "$ENGINE" = user ] || id=6
hang_up <<-END
	[group demo]
	id     = 42
	device = more0, wire0
	[group new]
	id     = $id
	device = wire0, more0
	steer  = copy
END
status=0
ended old 10 || status=$?
[ "$status" -ne 0 ] || fail "the member of the removed group ended as if nothing had happened"
grep -q 'has removed group old' "$T/old.err" || fail "its member says: $(cat "$T/old.err")"
ctl_is groups '[.groups[].name] == ["demo", "new"]' || fail "the groups are not those of the file"
has_members demo 1 || fail "the member of demo has gone"
more 200 4
capture new pfq@new
wait_members new 1
more 400 5
hang_up <<-END
	[group demo]
	id     = 42
	device = wire0
	[group new]
	id     = 8
	device = more0
	steer  = copy
END
more 800 6
kill -0 "${PID[sender]}" || fail "the frames were sent before the last reload: make them more"
ended sender 60 || fail "the frames were not sent: $(cat "$T/sender.err")"
drain
ctl_is groups '.groups[] | select(.name == "new") | .id == 8' || fail "group new has not id 8"
stats_add_up
nothing_lost
stop_captures demo new wire
# 200 and 400 came by more0 while demo had it
narrow demo-more demo tcp
[ "$(packets_in demo-more)" -eq 600 ] || fail "demo has other packets of more0"
narrow new-more new tcp
[ "$(packets_in new-more)" -eq 1200 ] || fail "new has other packets of more0"
narrow demo-wire demo udp
check --reference wire demo-wire
stop_engine
