#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The engine opens a device again for longer frames, under traffic. Packets that arrive
# meanwhile are captured once, or counted as lost.
. "$(dirname "$0")/../lib.sh"
begin
wire_up

start_engine <<END
[group all]
id     = 1
device = wire0
steer  = copy
END
reference stock wire0
capture demo pfq@all
wait_members all 1
background sender ip netns exec "$NS_B" "$TOOLS/pfq-frames" -i wire1 --kinds udp4 \
	--packets 10000 --rate 5000
sleep 0.5
ip -n "$NS_A" link set wire0 gso_max_size 200000 2>/dev/null ||
	skip "this kernel, or ip, knows no gso_max_size"
# The kernel reports this change by netlink.
ip -n "$NS_A" link set wire0 txqueuelen 900
ended sender 30 || fail "the frames were not sent: $(cat "$T/sender.err")"
drain
stop_captures stock demo
if [ "$ENGINE" = user ]; then
	grep -q 'frames may be longer than before: pfqd opens it again' "$T/engine.err" ||
		fail "the device was not opened again: $(cat "$T/engine.err")"
fi
stats_add_up
sent=$(packets_in stock) got=$(packets_in demo)
counted=$(jq '[.status.sources[].counters.drop_socket] | add' "$T/stats.json")
# one socket stops, then the other one starts: some microseconds
if [ "$got" -gt "$sent" ] || [ $((sent - got - counted)) -gt 5 ]; then
	fail "$got of $sent packets have come, $counted are counted as lost"
fi
stop_engine
