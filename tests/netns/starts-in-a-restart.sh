#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A service manager that keeps descriptors restarts pfqd, in order and after it was killed, and
# takes three seconds. A program that starts meanwhile waits, and is a member of the next pfqd;
# pfqctl says after a second what it waits for. If pfqd does not come back, the program is told that
# pfqd is not running.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/manager.sh"
begin
[ "$ENGINE" = user ] || skip "the kernel engine does not end"
need "$TOOLS/pfq-manager"
AWAY_S=3

manage_demo
inode=$(stat -c %i "$SOCKET")
capture first pfq@demo
for signal in USR1 USR2; do
	take_away $signal
	start_program "during$signal"
	! ctl status 2>"$T/status.err" || fail "pfqctl has an answer without a pfqd"
	grep -qF "did not answer HELLO within 1000 ms: pfqd has ended, and the next one" \
		"$T/status.err" || fail "pfqctl says: $(cat "$T/status.err")"
	sleep $AWAY_S
	kill -0 "${PID[during$signal]}" || fail "refused: $(cat "$T/during$signal.err")"
	bring_back
	wait_for 10 "a program that has started meanwhile" program_is_member "during$signal"
	wait_members demo $((ends + 1))
	[ "$(stat -c %i "$SOCKET")" = "$inode" ] || fail "the socket is another one"
	# a pfqd that listens again is the one that clients see
	pid=$(sed -n 's/^started //p' "$T/manager.out" | tail -n 1)
	kill -STOP "$pid"
	application_refused pfq@demo "did not answer HELLO within 1000 ms: process $pid is stopped"
	kill -CONT "$pid"
done
[ "$(grep -c "socket $SOCKET of the last pfqd taken over" "$T/manager.err")" -eq 2 ] ||
	fail "taken over: $(grep 'taken over' "$T/manager.err")"
frames b --kinds udp4,tcp4 --packets 200
drain
stats_add_up
stop_captures first duringUSR1 duringUSR2

# The manager gives up: a program that waits is told so, and the next one, too.
take_away USR1
start_program waits
sleep 1.5
kill -0 "${PID[waits]}" || fail "refused: $(cat "$T/waits.err")"
kill -TERM "${PID[manager]}"
program_told waits "pfqd is not running: nothing listens on $SOCKET;"
ended manager || fail "the manager: $(cat "$T/manager.err")"
start_program later
program_told later "pfqd is not running: nothing listens on $SOCKET;"
