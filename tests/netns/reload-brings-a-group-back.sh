#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A reload removes a group. Its member waits, and says why; it goes on once another reload brings
# the group back. The member of another group is not concerned.
. "$(dirname "$0")/../lib.sh"
begin
[ "$ENGINE" = user ] || skip "a member of the kernel engine does not wait"
wire_up

# groups NAME...: print these groups. tcpdump is another user when it joins again.
groups()
{
	printf '[group %s]\ndevice = wire0\nsteer = copy\naccess = root 0666\n' "$@"
}

start_engine < <(groups calm gone)
capture calm pfq@calm
PFQ_DEBUG=1 capture gone pfq@gone
wait_members calm 1
wait_members gone 1
frames b --kinds udp4 --packets 100
drain
hang_up < <(groups calm)
wait_for 5 "the reason" \
	grep -q "this handle waits: pfqd on $SOCKET: .* has removed group gone" "$T/gone.err"
# The member asks again soon, because this engine lives.
wait_for 3 "the engine's answer" \
	grep -q 'this handle waits: no group "gone" here' "$T/gone.err"
frames b --kinds udp4 --packets 200 --seed 2
drain
kill -0 "${PID[gone]}" || fail "the member has ended: $(cat "$T/gone.err")"
hang_up < <(groups calm gone)
wait_members gone 1
wait_for 5 "the good news" grep -q "the engine is back: joined group gone" "$T/gone.err"
frames b --kinds udp4 --packets 400 --seed 3
drain
stats_add_up
stop_captures calm gone
[ "$(packets_in calm)" -eq 700 ] || fail "calm has $(packets_in calm) of 700 packets"
[ "$(packets_in gone)" -eq 500 ] || fail "gone has $(packets_in gone) of 500 packets"
! grep -q "has ended" "$T/gone.err" || fail "the member takes a reload for the end of pfqd"
stop_engine
