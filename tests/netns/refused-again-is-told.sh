#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A member may not come back after pfqd has ended, because the group's access has changed. The log
# has one warning with the reason, although the member asks every second, and pfqctl status has a
# hint. The member comes back once it may. A program that opens a device and is refused is no reason
# for a warning.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/hints.sh"
begin
[ "$ENGINE" = user ] || skip "the kernel engine does not end"
wire_up
uid=$(id -u daemon)

# allow MODE: write engine.conf with this access for the group of user daemon
allow()
{
	engine_configure <<-END
	[group demo]
	device = wire0
	steer = copy
	access = root:daemon $1
	END
}

# told N: has the log N such warnings?
told()
{
	[ "$(grep -c 'warning: tcpdump (process .* JOIN is refused again and again: ' \
		"$T/engine.err")" -eq "$1" ]
}

allow 0640
launch_engine
wait_for 20 "the engine, see engine.err" engine_is_up
background member env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" \
	setpriv --reuid=daemon --regid=daemon --clear-groups \
	"$TCPDUMP" -n -i pfq@demo -w "$T/pcap/member.pcap"
wait_members demo 1
crash_engine
allow 0600
launch_engine
wait_for 20 "a warning in the log" told 1
grep -q "user $uid) gets no packets, .*: group demo: user $uid may not join it" \
	"$T/engine.err" || fail "the warning lacks the reason"
hinted refused-again \
	"tcpdump (process ${PID[member]}, user $uid) gets no packets, because its JOIN is refused"
AS_NOBODY=1 application_refused pfq@demo "may not join it"
sleep 2
told 1 || fail "not one warning"
allow 0640
kill -HUP "${PID[engine]}"
wait_members demo 1
told 1 || fail "not one warning"
not_hinted refused-again
stop_captures member
stop_engine
