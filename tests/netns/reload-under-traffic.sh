#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# SIGHUP under traffic: filter, VLANs, policy, direction, fragments and members of a group change,
# and each packet is delivered exactly once, to one member. A group that does not change keeps its
# members and counters.
. "$(dirname "$0")/../lib.sh"
begin
wire_up

# groups [LINE...]: print the groups; "demo" has these lines
groups()
{
	printf '[group demo]\nid = 42\ndevice = wire0\n'
	printf '%s\n' "$@"
	printf '[group still]\nid = 1\ndevice = wire0\nsteer = copy\n'
}

# Each of these takes all packets, and steers flows alike.
same=("filter = ip or ip6" "vlan = untagged" "members = 2" "direction = in"
	"access = root:root 0666" "promisc = no")

start_engine < <(groups)
start_members demo d 2
capture s0 pfq@still
wait_members still 1
reference wire wire0
background sender ip netns exec "$NS_B" "$TOOLS/pfq-frames" -i wire1 \
	--kinds udp4,tcp4,udp6,frag4 --packets $((12000 * PATIENCE)) --rate 4000
for ((i = 0; i < 12; i++)); do
	hang_up < <(groups "${same[i % 6]}")
done
kill -0 "${PID[sender]}" || fail "the frames were sent before the last reload: make them more"
ended sender 60 || fail "the frames were not sent: $(cat "$T/sender.err")"
drain
stats_add_up all
nothing_lost
sent=$(ctl stats --json | jq '.groups[] | select(.name == "still") | .counters.steered')
stat_is "all(.groups[]; .counters.recv == $sent and .counters.steered == $sent)"
stop_captures wire s0
[ "$(packets_in wire)" -eq "$sent" ] || fail "group still has $sent of $(packets_in wire) packets"
check --reference wire s0
# still there: the captures of demo were members all the time
has_members demo 2 || fail "members of demo have gone"
stop_captures d0 d1
check --reference wire d0 d1

# Changes that change verdicts: each packet is delivered or refused, none twice. Fragments come
# before the first one of their datagram, so that some wait at each change.
start_members demo e 2
more=$((18000 * PATIENCE))	# each third packet is a datagram of four fragments
background sender ip netns exec "$NS_B" "$TOOLS/pfq-frames" -i wire1 \
	--kinds udp4,tcp4,frag4 --order reversed --packets $((9000 * PATIENCE)) --rate 4000 --seed 2
filters=(udp tcp) policies=(flow copy ip) waits=(20ms 0 1s)
for ((i = 0; i < 9; i++)); do
	hang_up < <(groups "filter = ${filters[i % 2]}" "steer = ${policies[i % 3]}" \
		"frag_wait = ${waits[i / 3]}")
done
kill -0 "${PID[sender]}" || fail "the frames were sent before the last reload: make them more"
ended sender 60 || fail "the frames were not sent: $(cat "$T/sender.err")"
drain
stats_add_up
nothing_lost
stat_is ".groups[] | select(.name == \"demo\") | .counters |
	.recv == $sent + $more and .drop_filter > 0 and .frag_waited > 0 and
	.steered == $sent + $more - .drop_filter and .pending == 0"
copies=$(jq '.groups[] | select(.name == "demo") | .counters.copies' "$T/stats.json")
stop_captures e0 e1
got=$(($(packets_in e0) + $(packets_in e1)))
[ $got -eq $((copies - sent)) ] || fail "$got packets were captured, $((copies - sent)) copies made"
grep -q 'group demo: filter is tcp now, and was udp' "$T/engine.err" ||
	fail "the log does not say the change"
! grep -q 'group still: .* now, and was' "$T/engine.err" ||
	fail "the log says that group still has changed"
stop_engine
