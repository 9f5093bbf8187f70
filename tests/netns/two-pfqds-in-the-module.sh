#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Two pfqds make groups in the module. A reload of one adds a group with the name of the other one's
# group, and is refused. The other one's group keeps its settings, its member and its packets.
. "$(dirname "$0")/../lib.sh"
begin
[ "$ENGINE" = kernel ] || skip "each pfqd of the user engine has groups of its own"
wire_up

# second COMMAND...: ask the second pfqd
second()
{
	PFQ_SOCKET=$T/second.sock ctl "$@"
}

start_group demo steer=copy
capture stays pfq@demo
wait_members demo 1
printf '[pfqd]\nengine = kernel\nsocket = %s\n[group other]\ndevice = wire0\n' "$T/second.sock" \
	>"$T/second.conf"
background second ip netns exec "$NS_A" "$PFQD" -c "$T/second.conf"
wait_for 10 "the second pfqd" grep -q 'listening on' "$T/second.err"
printf '[group demo]\ndevice = wire0\nsteer = flow\n' >>"$T/second.conf"
status=0
second reload >"$T/reload.log" 2>&1 || status=$?
[ $status -eq 1 ] && grep -q 'there is a group of this name' "$T/reload.log" ||
	fail "the reload: status $status: $(cat "$T/reload.log")"
ctl_is groups '[.groups[] | "\(.name) \(.steer) \(.members)"] | sort ==
	["demo copy 1", "other flow 0"]' ||
	fail "the groups are not as before: $(ctl groups)"
second group add late device=wire0 >"$T/add.log" 2>&1 || fail "$(cat "$T/add.log")"
second group del late >"$T/del.log" 2>&1 || fail "$(cat "$T/del.log")"
kill -TERM "${PID[second]}"
ended second 10 || fail "the second pfqd: $(cat "$T/second.err")"
ctl_is groups '[.groups[].name] == ["demo"]' || fail "the groups of the second: $(ctl groups)"
frames b --kinds udp4 --packets 20
drain
stats_add_up
stop_captures stays
[ "$(packets_in stays)" -eq 20 ] || fail "the member has $(packets_in stays) of 20 packets"
stop_engine
