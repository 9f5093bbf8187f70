#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# If pfqd is stopped, or one worker hangs, systemd starts pfqd again. Two unmodified tcpdumps go on.
. "$(dirname "$0")/lib.sh"
begin
wire_up
need "$TOOLS/pfq-hold"

# recovers COMMAND...: after this command, systemd starts pfqd again because of its watchdog
recovers()
{
	local pid

	pid=$(unit_pid)
	"$@"
	wait_for 30 "systemd to start pfqd again after $1" unit_came_back "$pid"
	wait_members demo 2
}

stopped()
{
	kill -STOP "$(unit_pid)"
}

worker_hangs()
{
	background hold "$TOOLS/pfq-hold" "$(unit_workers | tail -n 1)"
	wait_for 10 "pfq-hold" grep -q held "$T/hold.out"
}

# watchdogs: print how many times the watchdog has ended pfqd in this script
watchdogs()
{
	unit_log | grep -c 'Watchdog timeout' || true
}

unit_drop_in test <<<'WatchdogSec=10'
start_unit <<<$'[group demo]\ndevice = wire0\nsteer = flow'
before=$(watchdogs)
flood_begin 2 500 900
flood_go_on 2
flood_gap recovers stopped
[ "$(watchdogs)" -eq $((before + 1)) ] || fail "stopped: it was not the watchdog"
flood_go_on 2
flood_gap recovers worker_hangs
[ "$(watchdogs)" -eq $((before + 2)) ] || fail "a worker hangs: it was not the watchdog"
unit_log | grep -q 'worker [0-9]* has hung for [0-9]* ms' || fail "the log names no worker"
unit_is NRestarts 2 || fail "$(systemctl show -P NRestarts pfqd) restarts"
flood_go_on 2
flood_end
nothing_denied
