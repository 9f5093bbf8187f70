#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# ingest = xdp: a tapped device gets more queues. The engine taps them too, unless the group
# names its queues. The member and the counters stay.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/tap.sh"
begin
begin_tap
one_queue

four_queues()
{
	in_a ethtool -L wire0 rx 4
	in_b ethtool -L wire1 tx 4
}

# send SEED: send frames, none of which the host may receive
send()
{
	frames b --kinds udp4,tcp6 --packets 1000 --flows 200 --seed "$1" --rate 10000
	drain
}

start_group demo ingest=xdp mode=tap
capture demo pfq@demo
wait_members demo 1
send 1
four_queues
wait_for 5 "the log to say so" grep -q "wire0: it has more receive queues" "$T/engine.err"
wait_for 5 "the device to be tapped again" sh -c \
	"[ \"\$(grep -c 'tapped by XDP' '$T/engine.err')\" -eq 2 ]"
reference host wire0 -Q in
send 2
stats_add_up all
nothing_lost
stat_is '.status.sources[0].counters.rx_packets == 2000' '.groups[0].counters.steered == 2000'
stop_captures demo host
[ "$(packets_in host)" -eq 0 ] || fail "the host saw packets of the new queues"
stop_engine

# The group names queue 0 only.
one_queue
start_engine <<END
[group demo]
id     = 42
device = wire0/0
ingest = xdp
mode   = tap
END
four_queues
sleep 0.3
! grep -q "more receive queues" "$T/engine.err" ||
	fail "the device was opened again without a reason"
stop_engine
