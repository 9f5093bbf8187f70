#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# With PFQ_RECONNECT=no, when the engine dies, consumers get the packets in their rings, and then an
# error that names the socket.
. "$(dirname "$0")/../lib.sh"
begin
[ "$ENGINE" = user ] || skip "members of the kernel engine do not need pfqd"
wire_up
for death in crash_engine stop_engine; do
	start_group demo steer=flow
	PFQ_RECONNECT=no capture $death pfq@demo
	wait_members demo 1
	kill -STOP "${PID[$death]}"
	frames b --kinds udp4,tcp6 --packets 1000 --rate 50000
	wait_for 5 "1000 packets in the ring" ctl_is stats '.endpoints[0].unread == 1000'
	stats_add_up all
	$death
	kill -CONT "${PID[$death]}"
	status=0
	ended $death 10 || status=$?
	[ $status -eq 1 ] || fail "$death: tcpdump ended with status $status, not 1"
	grep -qF "$SOCKET" "$T/$death.err" ||
		fail "$death: the error does not name the socket: $(cat "$T/$death.err")"
	[ "$(packets_in $death)" -eq 1000 ] || fail "$death: the consumer lost packets"
done
