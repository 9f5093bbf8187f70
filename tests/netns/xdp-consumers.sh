#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# ingest = xdp: consumers that are stopped, killed or hostile harm only themselves.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/tap.sh"
begin
need "$TOOLS/pfq-hostile"
begin_tap
start_engine <<END
[group all]
id     = 1
device = wire0
ingest = xdp
mode   = tap
steer  = copy
[group share]
id     = 2
device = wire0
ingest = xdp
mode   = tap
steer  = flow
END
# two groups, one socket for each queue
[ "$(ctl status --json | jq '.sources | length')" -eq 1 ] ||
	fail "the groups do not share the device"
sent_reference wire
capture all0 pfq@all
PFQ_RING=1M capture all1 pfq@all
capture all2 pfq@all
capture share0 pfq@share
capture share1 pfq@share
PFQ_RING=1M capture share2 pfq@share
wait_members all 3
wait_members share 3
for group in all share; do
	background "hostile-$group" env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" \
		"$TOOLS/pfq-hostile" --socket "$SOCKET" --seconds 3 --group all
	wait_for 5 "hostile-$group to join" grep -q joined "$T/hostile-$group.out"
done
kill -STOP "${PID[all1]}" "${PID[share2]}"
background frames ip netns exec "$NS_B" "$TOOLS/pfq-frames" -i wire1 --packets 40000 \
	--kinds udp4,tcp4,udp6,frag4 --flows 500 --size 600 --rate 10000
sleep 1
kill -KILL "${PID[all2]}"
ended frames 30 || fail "frames: $(cat "$T/frames.err")"
for group in all share; do
	status=0
	ended "hostile-$group" 10 || status=$?
	[ $status -eq 0 ] || fail "hostile-$group: status $status: $(cat "$T/hostile-$group.err")"
done
# The last packets may not have arrived yet.
wait_for 10 "all frames" ctl_is stats \
	".status.sources[0].counters.rx_packets == $(jq .frames "$T/frames.out")"
stats_add_up
stat_is '[.endpoints[] | select(.counters.drop_ring_full > 0 and .unread > 0)] | length == 2' \
	'all(.status.sources[]; .counters.drop_socket == 0 and .counters.drop_malformed == 0)' \
	".status.sources[0].counters.rx_packets == $(jq .frames "$T/frames.out")"
kill -CONT "${PID[all1]}" "${PID[share2]}"
drain
stats_add_up
stop_captures all0 all1 share0 share1 share2 wire
check --reference wire all0
check --reference wire --partial share0 share1
stop_engine
