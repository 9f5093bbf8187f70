#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# systemctl reload applies a changed file: a group is added. The members of a group that has not
# changed lose nothing.
. "$(dirname "$0")/lib.sh"
begin
wire_up
demo=$'[group demo]\ndevice = wire0\nsteer = flow\naccess = root 0666'
start_unit <<<"$demo"
pid=$(unit_pid)
flood_begin 2 500 600
flood_go_on 2
unit_configure <<<"$demo"$'\n[group added]\ndevice = wire0'
systemctl reload pfqd || fail "systemctl reload: $?"
wait_for 20 "the group" ctl_is groups 'any(.groups[]; .name == "added")'
capture added pfq@added
wait_members added 1
flood_go_on 2
stop_captures added
[ "$(packets_in added)" -gt 0 ] || fail "the added group got nothing"

# A file with an error fails the reload, changes nothing, and leaves pfqd alone.
printf '[group demo]\nsteer = nonsense\n' >"$CONF"
! systemctl reload pfqd 2>/dev/null || fail "systemctl reload succeeds with an error in the file"
unit_log | grep -q 'pfqd.conf:2:.*nonsense' || fail "the log does not name the error"

# So does a file that only the running pfqd finds wrong.
printf '%s\n[group added]\ndevice = wire0/999\n' "$demo" >"$CONF"
! systemctl reload pfqd 2>/dev/null || fail "systemctl reload succeeds with a missing queue"
unit_log | grep -q 'nothing has changed: .*no queue 999' || fail "the log does not name the queue"
unit_is ActiveState active || fail "the unit is $(systemctl show -P ActiveState pfqd)"
ctl_is groups '[.groups[].name] | sort == ["added", "demo"]' || fail "$(ctl groups)"
[ "$(unit_pid)" -eq "$pid" ] || fail "pfqd was started again"
flood_end
nothing_denied
