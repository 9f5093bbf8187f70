#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A consumer that is killed under traffic harms no other. Copies stay complete, its flows go
# to the other members, and the engine gets its memory back.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
start_server
start_two_groups
reference wire wire0
capture all0 pfq@all
start_members share share 2
fds=$(engine_fds_at_rest)
capture all1 pfq@all
capture share2 pfq@share
wait_members all 2
wait_members share 3
background traffic ip netns exec "$NS_A" "$TOOLS/pfq-traffic" client --server 10.77.0.2 \
	--server fd77::2 --seconds 3 --rate 800
sleep 1
kill -KILL "${PID[all1]}" "${PID[share2]}"
wait_members all 1
wait_members share 2
ended traffic 20 || fail "transfers failed: $(cat "$T/traffic.err")"
frames b --kinds tcp4,udp4,tcp6,udp6,frag4 --packets 4000 --flows 300 --rate 30000
drain
stats_add_up
wait_for 5 "the engine to close the dead members' descriptors ($fds left)" engine_has_fds "$fds"
stop_captures all0 share0 share1 wire
check --reference wire all0
# Each frame sent after the death is with one of the other members.
for name in wire share0 share1; do
	narrow "after-$name" "$name" 'net 10.78.0.0/16 or net fd00::/16'
done
check --reference after-wire after-share0 after-share1
stop_engine
