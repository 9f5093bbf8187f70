#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Programs of root and of an ordinary user start while no pfqd runs: in systemctl restart, and after
# a kill -9, before systemd starts pfqd again. They wait for the next pfqd, and capture: systemd
# keeps the socket and its file.
. "$(dirname "$0")/lib.sh"
begin
need ss
wire_up
users=(root nobody)
GO=/run/pfq-test-go	# pfqd does not start before there is this file

# has_ended PID
has_ended()
{
	! [ -e "/proc/$1" ]
}

# start_programs: start a tcpdump for each user
start_programs()
{
	background root "$TCPDUMP" -n -i pfq@demo -w "$T/pcap/root.pcap"
	background nobody setpriv --reuid=nobody --regid=nogroup --clear-groups \
		"$TCPDUMP" -n -i pfq@demo -w "$T/pcap/nobody.pcap"
}

# have_asked: does a connection of each program wait for the next pfqd?
have_asked()
{
	[ "$(ss -xlH src "$SOCKET" | awk '{ print $3 }')" -ge ${#users[@]} ]
}

# have_waited: none of them was refused while no pfqd ran
have_waited()
{
	local user

	unit_is MainPID 0 || fail "pfqd was back before the programs have asked"
	for user in "${users[@]}"; do
		kill -0 "${PID[$user]}" || fail "$user was refused: $(cat "$T/$user.err")"
	done
}

restarted()
{
	background restart systemctl restart pfqd
}

killed()
{
	kill -KILL "$1"
}

touch "$GO"
unit_drop_in test <<<"ExecStartPre=/bin/sh -c 'until [ -e $GO ]; do sleep 0.1; done'"
start_unit <<<$'[group demo]\ndevice = wire0\nsteer = copy\naccess = root 0604'
inode=$(stat -c %i "$SOCKET")
for death in restarted killed; do
	pid=$(unit_pid)
	rm "$GO"
	$death "$pid"
	wait_for 20 "pfqd to end" has_ended "$pid"
	start_programs
	wait_for 20 "the programs to ask" have_asked
	have_waited
	touch "$GO"
	wait_for 30 "systemd to start pfqd again" unit_came_back "$pid"
	[ $death = killed ] || ended restart 60 || fail "systemctl restart: $?"
	wait_members demo ${#users[@]}
	[ "$(stat -c %i "$SOCKET")" = "$inode" ] || fail "the socket is another one"
	frames b --kinds udp4 --packets 200
	drain
	stats_add_up
	for user in "${users[@]}"; do
		is_installed "$user"
		stop_captures "$user"
		[ "$(packets_in "$user")" -ge 200 ] || fail "$user has too few packets: $death"
	done
	wait_members demo 0
	# the socket, and the shares
	wait_for 5 "systemd to keep 2 descriptors" unit_is NFileDescriptorStore 2
done
rm "$GO"
nothing_denied
