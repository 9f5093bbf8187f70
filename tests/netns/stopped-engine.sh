#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfqd is stopped. Programs that ask it give up after a second, with an error that says which
# process is stopped and how it goes on. Listing devices fails nowhere. A member waits, gets its
# packets later, and ends when it is told to. With the kernel engine, it gets them at once, and a
# program that asks the module joins.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
start_group demo steer=copy
capture waits pfq@demo
capture ends pfq@demo -U
frames b --kinds udp4 --packets 20
drain
pid=${PID[engine]}
kill -STOP "$pid"

# takes MAX_MS COMMAND...: it takes at most so long
takes()
{
	local begun ms max=$1

	shift
	begun=$(date +%s%N)
	"$@"
	ms=$((($(date +%s%N) - begun) / 1000000))
	echo "$ms ms: $*"
	[ $ms -le $((max * PATIENCE)) ] || fail "$ms ms: $*"
}

# has_read NAME PACKETS: has the capture written so many packets?
has_read()
{
	[ "$(packets_in "$1")" -eq "$2" ]
}

# pfqctl_refused COMMAND: pfqctl fails, and names the process
pfqctl_refused()
{
	local text status=0 said="did not answer HELLO within 1000 ms: process $pid is stopped"

	text=$(ctl "$@" 2>&1) || status=$?
	[ $status -eq 1 ] && [[ $text = *"$said"* ]] ||
		fail "pfqctl $*: status $status: $text"
}

takes 2500 application_refused pfq@demo "did not answer HELLO within 1000 ms" \
	"process $pid is stopped; \`kill -CONT $pid\`"
takes 2500 pfqctl_refused status
takes 2500 pfqctl_refused groups
lists()
{
	in_a env LD_LIBRARY_PATH="$T/lib" "$TCPDUMP" -D >"$T/list.out" || fail "tcpdump -D failed"
}
takes 2500 lists
in_a tcpdump -D >"$T/list.system"
cmp "$T/list.out" "$T/list.system" || fail "tcpdump -D lists other devices than the system's"

# so many connections that the queue of the socket is full
fill()
{
	in_a "$TOOLS/pfq-connects" 1000 1 >"$T/fill.out" || fail "pfq-connects"
}
fill
grep -q 'queue full [1-9]' "$T/fill.out" || fail "the queue is not full: $(cat "$T/fill.out")"
takes 3500 application_refused pfq@demo "its queue is full; is it stopped?"

# Members: one ends meanwhile, the other one gets what came.
frames b --kinds udp4 --packets 100
if [ "$ENGINE" = kernel ]; then
	PFQ_SOCKET=/dev/pfq capture direct pfq@demo
	wait_for 5 "the member to get 120 packets" has_read ends 120
	stop_captures direct
fi
takes 3500 stop_captures ends
kill -0 "${PID[waits]}" || fail "the member has ended: $(cat "$T/waits.err")"
kill -CONT "$pid"
wait_for 10 "one member" has_members demo 1
frames b --kinds udp4 --packets 20
drain
stats_add_up
stop_captures waits
[ "$(packets_in waits)" -eq 140 ] || fail "the member has $(packets_in waits) packets of 140"
takes 2500 ctl status
stop_engine
