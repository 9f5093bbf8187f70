#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Two unmodified tcpdumps go on when the unit is restarted, and when pfqd is killed and systemd
# starts it again. Only root may join their group, and both have given up root: systemd keeps their
# connections. Packets are missing only from the times without pfqd.
. "$(dirname "$0")/lib.sh"
begin
wire_up

restarted()
{
	systemctl restart pfqd || fail "systemctl restart: $?"
	unit_came_back "$pid" || fail "pfqd is not ready after a restart"
	wait_members demo 2
}

killed()
{
	kill -KILL "$pid"
	wait_for 20 "systemd to start pfqd again" unit_came_back "$pid"
	wait_members demo 2
}

has_status()
{
	unit_is StatusText "groups: 1, members: 2, packets lost: 0"
}

# The status is renewed twice in this time.
unit_drop_in test <<<'WatchdogSec=20'
start_unit <<<$'[group demo]\ndevice = wire0\nsteer = flow'
flood_begin 2 500 600
for death in restarted killed; do
	flood_go_on 2
	pid=$(unit_pid)
	flood_gap $death
	# two members, the socket, and the shares
	wait_for 5 "systemd to keep 4 descriptors" unit_is NFileDescriptorStore 4
	wait_for 20 "a status with both members" has_status
done
# systemd counts its own restarts only
unit_is NRestarts 1 || fail "$(systemctl show -P NRestarts pfqd) restarts"
flood_go_on 2
flood_end
nothing_denied
