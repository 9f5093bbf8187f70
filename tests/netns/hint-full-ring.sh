#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfqctl status tells apart a member that is stopped, one that hangs, and one that has lost packets
# and reads again. A member that has lost nothing is not named.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/hints.sh"
begin
wire_up
start_group demo steer=copy
capture good pfq@demo
# A pipe that is open and never read blocks its writer.
mkfifo -m 666 "$T/pcap/hangs.pcap"
exec 5<>"$T/pcap/hangs.pcap"
PFQ_RING=64K capture hangs pfq@demo -U -s 2048
PFQ_RING=64K capture stopped pfq@demo -s 2048
wait_members demo 3
not_hinted stopped
kill -STOP "${PID[stopped]}"
pid=${PID[stopped]}
hinted stopped "of group demo (tcpdump, process $pid) is stopped: kill -CONT $pid"
lacks_hint stalled || fail "a member without losses hangs"
lacks_hint drop-ring-full || fail "a member without losses has lost packets"

frames b --kinds udp4 --packets 5000 --rate 20000
hinted stalled "of group demo (tcpdump, process ${PID[hangs]}) has read nothing for a second, "
ctl_is status '[.hints[] | select(.hint == "stalled" or .hint == "stopped")] | length == 2' ||
	fail "not these two: $(ctl status)"
lacks_hint drop-ring-full || fail "two hints say the same: $(ctl status)"

kill -CONT "${PID[stopped]}"
cat <&5 >/dev/null &
drain
stats_add_up all
not_hinted stalled
not_hinted stopped
for name in hangs stopped; do
	hinted drop-ring-full "of group demo (tcpdump, process ${PID[$name]}) has lost "
done
! has_hint drop-ring-full "process ${PID[good]}" || fail "the good member has lost packets"
stop_captures good hangs stopped
stop_engine
