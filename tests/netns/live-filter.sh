#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pcap_setfilter() on a live handle: packets that waited in the ring before the change are
# not delivered if the new filter refuses them.
. "$(dirname "$0")/../lib.sh"
begin
need "$TOOLS/pfq-refilter"
wire_up
start_group demo steer=flow

# line: let pfq-refilter continue
line()
{
	echo go >&7
}

mkfifo "$T/lines"
background refilter env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" sh -c \
	"exec \"$TOOLS/pfq-refilter\" pfq@demo udp tcp 500 <\"$T/lines\""
exec 7>"$T/lines"
wait_for 5 "pfq-refilter, see refilter.err" grep -q waiting "$T/refilter.out"
wait_members demo 1
# The first filter accepts the udp packets, which stay unread, and refuses the tcp packets.
frames b --kinds udp4,tcp4 --packets 400
wait_for 5 "200 packets in the ring" ctl_is stats \
	'.endpoints[0] | .unread == 200 and .counters.drop_endpoint_filter == 200'
stats_add_up all
line
wait_for 5 "the second filter" eval "[ \"\$(grep -c waiting $T/refilter.out)\" -eq 2 ]"
frames b --kinds udp4,tcp4 --packets 1000 --seed 2
line
status=0
ended refilter 10 || status=$?
grep -q '^right 500 wrong 0$' "$T/refilter.out" ||
	fail "status $status: $(tail -n 1 "$T/refilter.out") $(cat "$T/refilter.err")"
stop_engine
