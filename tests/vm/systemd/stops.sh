#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# systemctl stop ends pfqd cleanly while programs capture. The programs wait for the next pfqd, and
# join it as before, although they have given up root and only root may join. A program that starts
# meanwhile is refused at once. The kernel refuses no system call.
. "$(dirname "$0")/lib.sh"
begin
wire_up
# systemd forgets the result of a unit that is not used any more.
# shellcheck disable=SC2016 # systemd's variables
unit_drop_in test <<<'ExecStopPost=/bin/echo the end: $SERVICE_RESULT $EXIT_CODE $EXIT_STATUS'
start_unit <<<$'[group demo]\ndevice = wire0\nsteer = flow'
flood_begin 2 500 600
flood_go_on 2

stopped_and_started()
{
	local begun=$SECONDS

	systemctl stop pfqd || fail "systemctl stop: $?"
	# longer, and systemd would have killed it
	[ $((SECONDS - begun)) -lt 60 ] || fail "stopping took $((SECONDS - begun)) s"
	unit_is ActiveState inactive || fail "the unit is $(systemctl show -P ActiveState pfqd)"
	unit_log | grep -qx 'the end: success exited 0' ||
		fail "pfqd did not end cleanly: $(unit_log | grep '^the end:')"
	[ "$(find "${SOCKET%/*}" -mindepth 1 -maxdepth 1 | sort | xargs)" = \
		"$SOCKET $SOCKET.tickets" ] || fail "left: $(ls -la "${SOCKET%/*}")"
	unit_is NFileDescriptorStore 0 || fail "systemd keeps descriptors of a stopped unit"
	begun=$SECONDS
	application_refused pfq@demo "pfqd is not running: nothing listens on $SOCKET"
	[ $((SECONDS - begun)) -le 2 ] || fail "a program was refused after $((SECONDS - begun)) s"
	! find /proc -maxdepth 1 -user pfq | grep . || fail "a process of the user is left"
	sleep 2
	kill -0 "${PID[part0]}" "${PID[part1]}" || fail "a program has ended with pfqd"
	systemctl start pfqd
	wait_members demo 2
}

flood_gap stopped_and_started
flood_go_on 2
flood_end
nothing_denied
