#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Two unmodified tcpdumps go on when the unit is restarted, and when pfqd is killed and systemd
# starts it again. Only root may join their group, and both have given up root: systemd keeps their
# connections. Packets are missing only from the times without pfqd. Programs of root that start in
# these times wait, and are served: systemd also keeps the socket, and here its file, too.
. "$(dirname "$0")/lib.sh"
begin
wire_up

# starts: when pfqd has ended, start a program that joins another group
starts()
{
	wait_for 20 "pfqd to end" has_ended
	background late "$TCPDUMP" -n -i pfq@other -w "$T/pcap/late.pcap"
	unit_is MainPID 0 || fail "pfqd was back before a program has started"
}

has_ended()
{
	! [ -e "/proc/$pid" ]
}

restarted()
{
	background restart systemctl restart pfqd
	starts
	ended restart 60 || fail "systemctl restart: $?"
	unit_came_back "$pid" || fail "pfqd is not ready after a restart"
	wait_members demo 2
}

killed()
{
	kill -KILL "$pid"
	starts
	wait_for 20 "systemd to start pfqd again" unit_came_back "$pid"
	wait_members demo 2
}

has_status()
{
	unit_is StatusText "groups: 2, members: 2, packets lost: 0"
}

# The status is renewed twice in this time.
unit_drop_in test <<-END
	WatchdogSec=20
	RuntimeDirectoryPreserve=restart
	ExecStartPre=/bin/sleep 3
END
start_unit <<-END
	[group demo]
	device = wire0
	steer = flow
	[group other]
	device = wire0
	steer = copy
END
inode=$(stat -c %i "$SOCKET")
flood_begin 2 500 600
for death in restarted killed; do
	flood_go_on 2
	pid=$(unit_pid)
	flood_gap $death
	wait_members other 1
	[ "$(stat -c %i "$SOCKET")" = "$inode" ] || fail "the socket is another one"
	stop_captures late
	wait_members other 0
	# two members, the socket, and the shares
	wait_for 5 "systemd to keep 4 descriptors" unit_is NFileDescriptorStore 4
	wait_for 20 "a status with both members" has_status
done
# systemd counts its own restarts only
unit_is NRestarts 1 || fail "$(systemctl show -P NRestarts pfqd) restarts"
flood_go_on 2
flood_end
nothing_denied
