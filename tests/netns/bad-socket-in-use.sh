#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A second engine on the same socket is refused, and the first continues.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
start_group demo
status=0
in_a timeout $((10 * PATIENCE)) "$PFQD" -c "$T/engine.conf" 2>"$T/second.err" || status=$?
[ $status -eq 1 ] || fail "the second engine ended with status $status"
grep -qF "$SOCKET" "$T/second.err" ||
	fail "the error does not name the socket: $(cat "$T/second.err")"
capture good pfq@demo
wait_members demo 1
frames b --kinds udp4 --packets 100
drain
stop_captures good
[ "$(packets_in good)" -eq 100 ] || fail "the first engine does not continue"
stop_engine
# An engine does not remove a file that is no socket.
echo precious >"$SOCKET"
status=0
in_a timeout $((10 * PATIENCE)) "$PFQD" -c "$T/engine.conf" 2>"$T/third.err" || status=$?
[ $status -eq 1 ] || fail "with a file in place of the socket: status $status"
grep -qF "$SOCKET" "$T/third.err" || fail "the error does not name the file: $(cat "$T/third.err")"
[ "$(cat "$SOCKET")" = precious ] || fail "the engine removed a file that is no socket"
