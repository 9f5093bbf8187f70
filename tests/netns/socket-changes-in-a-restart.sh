#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A service manager keeps pfqd's listening socket while pfqd is restarted. If its file, the mode of
# the file or the path in the configuration changes meanwhile, the next pfqd listens on a new
# socket. Programs that wait are served there, or told. A socket outside of RuntimeDirectory= is
# not kept.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/manager.sh"
begin
[ "$ENGINE" = user ] || skip "the kernel engine does not end"
need "$TOOLS/pfq-manager"

manage_demo

# The file is replaced while pfqd is away: programs go to the new socket.
take_away USR1
start_program replaced
sleep 0.5
rm "$SOCKET"
bring_back
wait_for 10 "a program at the former socket" program_is_member replaced
grep -q "socket $SOCKET of the last pfqd is not taken over: its file is gone" "$T/manager.err" ||
	fail "not said: $(cat "$T/manager.err")"
stop_captures replaced
wait_for 5 "one socket in the store, and the shares" stored 2

# Somebody has forbidden others to connect: the new file is as always.
chmod 600 "$SOCKET"
take_away USR1
bring_back
wait_for 10 "pfqd, see manager.err" engine_is_up
[ "$(stat -c %a "$SOCKET")" = 666 ] || fail "the socket has mode $(stat -c %a "$SOCKET")"
wait_for 5 "one socket in the store, and the shares" stored 2

# The configuration has another path.
take_away USR1
start_program moved
sleep 0.5
sed -i "s|^socket = .*|&.new|" "$T/engine.conf"
bring_back
program_told moved "pfqd is not running: nothing listens on $SOCKET;"
[ ! -e "$SOCKET" ] || fail "the former socket is left"
SOCKET=$SOCKET.new
export PFQ_SOCKET=$SOCKET
wait_for 10 "pfqd at its new socket" engine_is_up
wait_for 5 "one socket in the store, and the shares" stored 2

kill -TERM "${PID[manager]}"
ended manager || fail "the manager: $(cat "$T/manager.err")"

# The next pfqd replaces the file that is left. Outside of a RuntimeDirectory=, pfqd removes its
# file.
manage
kill -TERM "${PID[manager]}"
ended manager || fail "the manager: $(cat "$T/manager.err")"
[ -S "$SOCKET" ] || fail "the file of the kept socket is gone"
background manager ip netns exec "$NS_A" \
	"$TOOLS/pfq-manager" "$T/notify2" "$PFQD" -c "$T/engine.conf"
wait_for 20 "pfqd, see manager.err" engine_is_up
kill -TERM "${PID[manager]}"
ended manager || fail "the manager: $(cat "$T/manager.err")"
[ ! -e "$SOCKET" ] || fail "the file of a socket that is not kept is left"
grep -q "does not keep socket $SOCKET, because it is outside of RuntimeDirectory=:" \
	"$T/manager.err" || fail "not said: $(cat "$T/manager.err")"
