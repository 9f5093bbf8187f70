#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# PFQ_RECONNECT limits how long a program waits for pfqd: "no" is not at all, 2 is two seconds. The
# error says so, and names the socket. A bad value is refused. PFQ_DEBUG tells of the wait.
. "$(dirname "$0")/../lib.sh"
begin
[ "$ENGINE" = user ] || skip "the kernel engine does not end"
wire_up
start_group demo steer=flow ring=1M "access=root 0666"

PFQ_RECONNECT=soon application_refused pfq@demo "PFQ_RECONNECT=soon: allowed: yes, no, or seconds"
PFQ_RECONNECT=no capture none pfq@demo
PFQ_RECONNECT=2 PFQ_DEBUG=1 capture two pfq@demo
PFQ_DEBUG=1 capture ever pfq@demo
wait_members demo 3
frames b --kinds udp4,tcp6 --packets 1000
drain
began=$(date +%s%N)
crash_engine

# ends_with_error NAME MIN_MS MAX_MS: it ends with an error, so long after the engine
ends_with_error()
{
	local status=0 ms

	ended "$1" 10 || status=$?
	ms=$((($(date +%s%N) - began) / 1000000))
	[ $status -eq 1 ] || fail "$1 ended with status $status"
	[ $ms -ge "$2" ] && [ $ms -lt $(($3 * PATIENCE)) ] || fail "$1 ended after $ms ms"
	grep -qF "$SOCKET" "$T/$1.err" || fail "$1 does not name the socket: $(cat "$T/$1.err")"
}

ends_with_error none 0 1500
ends_with_error two 1900 4000
grep -q "pfqd is not back after 2 s" "$T/two.err" || fail "$(cat "$T/two.err")"
kill -0 "${PID[ever]}" || fail "the third capture has ended: $(cat "$T/ever.err")"
for name in two ever; do
	grep -q "the engine is away, this handle waits: .*$SOCKET has ended" "$T/$name.err" ||
		fail "$name: $(cat "$T/$name.err")"
done

# The group comes back later than pfqd. The program waits, and says so.
mv "$T/engine.conf" "$T/all.conf"
sed "s/^\[group demo\]/[group other]/" "$T/all.conf" >"$T/engine.conf"
launch_engine
wait_for 10 "the reason" grep -q 'this handle waits: no group "demo" here' "$T/ever.err"
stop_engine
mv "$T/all.conf" "$T/engine.conf"
launch_engine
wait_members demo 1
wait_for 10 "the good news" grep -q "the engine is back: joined group demo" "$T/ever.err"
frames b --kinds udp4,tcp6 --packets 1000
drain
stop_captures ever
[ "$(packets_in ever)" -ge 1000 ] || fail "the third capture has $(packets_in ever) packets"

# While pfqd is away, a program ends at once.
capture leaves pfq@demo
wait_members demo 1
crash_engine
sleep 0.5
stop_captures leaves
