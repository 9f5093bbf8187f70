#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# ingest = xdp, with one worker for each queue. Fragments of a datagram, and whole packets
# of its flow, come by several queues in any order. All go to the member that has the flow.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/tap.sh"
begin
need ethtool
[ "$(nproc)" -gt 1 ] || skip "one CPU: one queue sends all packets"
begin_tap
export WORKERS=2
start_group demo ingest=xdp mode=tap steer=flow frag_wait=5s
# The sender's CPU selects the queue.
for queue in 0 1 2 3; do
	in_b sh -c \
		"printf %x $((1 << (queue % 2))) >/sys/class/net/wire1/queues/tx-$queue/xps_cpus" \
		2>/dev/null || skip "this kernel does not choose transmit queues by CPU (XPS)"
done
sent_reference wire
start_members demo part 3
frames b --kinds frag4,udp4,frag6,udp6,fragicmp4,icmp4 --order shuffled --window 64 --packets 3000 \
	--flows 300 --rate 20000 --cpus 2
drain
stats_add_up
nothing_lost
stat_is '.groups[0].counters.frag_waited > 500' '.groups[0].counters.frag_timed_out == 0' \
	'.groups[0].counters.frag_no_room == 0' '.groups[0].counters.pending == 0'
stop_captures part0 part1 part2 wire
in_a ethtool -S wire0 | sed -n 's/.*rx_queue_\([0-9]*\)_xdp_packets: *//p' | sort -rn |
	awk 'NR == 2 { second = $1 } END { exit second < 1000 }' ||
	fail "packets did not come by two queues: $(in_a ethtool -S wire0 | grep xdp_packets)"
check --reference wire part0 part1 part2
stop_engine
