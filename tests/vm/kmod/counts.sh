#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# All CPUs send at once through groups with filters, VLANs, steering and full rings, while
# members join and leave. When no packet moves, every sum is exact, from the generator's
# count to each consumer's.
. "$(dirname "$0")/../../lib.sh"
CAPTOP=$PFQ_BUILD/tools/captop/captop
CPUS=$(nproc)
PACKETS=${PFQ_COUNTS_PACKETS:-1000}	# for each CPU and device, at each send
begin
need "$CAPTOP" "$PFQ_BUILD/tests/vm/kmod-stress"
[ "$ENGINE" = kernel ] || skip "this test needs an engine without a queue before it"
modprobe -q pktgen || skip "this kernel has no pktgen"
# No packet may be lost before the engine, so make the queues of the CPUs long enough.
echo 1000000 >/proc/sys/net/core/netdev_max_backlog
wire_up
wire_add tap0 tap1
ip -n "$NS_A" link set tap0 up arp off
ip -n "$NS_B" link set tap1 up arp off
start_engine <<-END
	[group copies]
	device = wire0
	steer  = copy
	[group share]
	device = wire0
	vlan   = untagged, 1-2999
	[group some]
	device = wire0
	steer  = rr
	filter = udp src portrange 1000-1249
	[group churn]
	device = wire0
	[group tapped]
	device = tap0
	mode   = tap
END

# pg FILE WORD...: write to pktgen, whose threads belong to the namespace
pg()
{
	# shellcheck disable=SC2016 # of the other shell
	in_b bash -c 'file=/proc/net/pktgen/$1; shift
		for word; do echo "$word" >"$file" || exit; done' \
		pktgen "$@" || fail "pktgen: $*"
}

# generator DEVICE CPU WORD...: set up this CPU's generator
generator()
{
	local name=$1@$2

	pg "kpktgend_$2" "add_device $name"
	pg "$name" "count $PACKETS" 'min_pkt_size 60' 'max_pkt_size 1000' 'flag TXSIZE_RND' \
		'dst_mac 02:00:00:00:00:99' 'dst 10.77.0.99' 'flag IPSRC_RND' 'src_min 10.0.0.1' \
		'src_max 10.0.9.255' 'flag UDPSRC_RND' 'udp_src_min 1000' 'udp_src_max 1999' \
		"${@:3}"
}

# every second CPU sends VLAN tags; one that is alone does, too
for ((cpu = 0; cpu < CPUS; cpu++)); do
	tags=()
	[ $((cpu % 2)) -eq 0 ] && [ "$CPUS" -gt 1 ] || tags=('vlan_id 1' 'flag VID_RND')
	generator wire1 $cpu "${tags[@]}"
	generator tap1 $cpu
done

# sofar DEVICE: print what all CPUs have sent by it in this run
sofar()
{
	in_b bash -c "cat /proc/net/pktgen/$1@*" |
		sed -n 's/.*pkts-sofar: \([0-9]*\)  errors: 0$/\1/p' |
		awk '{ n += $1 } END { print n + 0 }'
}

# reader NAME GROUP [ARGUMENT...]: start a captop; its ring has room for the packets of one
# send
reader()
{
	background "$1" env LD_LIBRARY_PATH="$T/lib" PFQ_RING="${PFQ_RING:-$((CPUS * 4))M}" \
		ip netns exec "$NS_A" "$CAPTOP" --json -s 2000 -i "pfq@$2" "${@:3}"
	wait_for 10 "$1, see $1.err" grep -q 'listening on' "$T/$1.err"
}

all_arrived()
{
	# shellcheck disable=SC2016 # jq's variables
	ctl_is stats --argjson wire0 "$sent_wire" --argjson tap0 "$sent_tap" '.status.sources |
		length == 2 and all(.counters.rx_packets == {$wire0, $tap0}[.device])'
}

sent_wire=0 sent_tap=0
# send: send from all CPUs, and wait until no packet moves
send()
{
	local n

	pg pgctrl start
	n=$(sofar wire1)
	[ "$n" -eq $((CPUS * PACKETS)) ] ||
		fail "pktgen sent $n: $(in_b bash -c 'cat /proc/net/pktgen/wire1@*')"
	sent_wire=$((sent_wire + n))
	sent_tap=$((sent_tap + $(sofar tap1)))
	wait_for 20 "all that was sent to arrive" all_arrived
	wait_for 20 "the members to read their packets" \
		ctl_is stats \
		'all(.endpoints[] | select(.counters.drop_ring_full == 0); .unread == 0)'
	sleep 0.2
}

# exact: check all sums while no packet moves
exact()
{
	stats_add_up
	stat_is 'all(.status.sources[].counters; .drop_socket == 0 and .drop_malformed == 0)' \
		"all(.groups[] | select(.name != \"tapped\"); .counters.recv == $sent_wire)" \
		".groups[] | select(.name == \"tapped\") | .counters.recv == $sent_tap"
	# Outside of "churn", members leave only while no packet moves. gone.json has their
	# counters.
	# shellcheck disable=SC2016
	jq -e --argjson gone "$(cat "$T/gone.json")" \
		'. as $s | all(.groups[] | select(.name != "churn");
		.name as $n | .counters.copies ==
		([($s.endpoints + $gone)[] | select(.group == $n) |
			.counters.offered] | add // 0))' \
		"$T/stats.json" >/dev/null ||
		fail "copies are not the sum of offered: $(jq -c . "$T/stats.json")"
	# shellcheck disable=SC2016
	stat_is '. as $s | .groups[] | select(.name == "churn") | .counters.copies >=
		([$s.endpoints[] | select(.group == "churn") | .counters.offered] | add // 0)'
}

# leaves NAME: end a consumer. It must have counted as many packets as the engine delivered
# to it.
leaves()
{
	local engine own

	engine=$(jq "[.endpoints[] | select(.pid == ${PID[$1]})]" "$T/stats.json")
	jq -s 'add' "$T/gone.json" <(echo "$engine") >"$T/gone.new"
	mv "$T/gone.new" "$T/gone.json"
	kill -INT "${PID[$1]}"
	ended "$1" 10 || fail "$1: status $?: $(cat "$T/$1.err")"
	own=$(tail -n 1 "$T/$1.out" | jq .all.packets)
	engine=$(jq '[.[].counters.delivered] | add' <<<"$engine")
	echo "$TEST: $1: $own packets"
	[ "$own" -gt 0 ] && [ "$own" -eq "$engine" ] ||
		fail "$1 has counted $own, the engine $engine"
}
echo '[]' >"$T/gone.json"

reader whole copies
reader filtered copies 'udp src portrange 1000-1499'
PFQ_RING=64K reader full copies
reader share0 share --thread 2
reader share1 share
reader some0 some
reader some1 some
reader churn0 churn
reader tapped0 tapped
wait_members copies 3
wait_members share 3
wait_members some 2
wait_members churn 1
wait_members tapped 1
kill -STOP "${PID[full]}"
send
exact
leaves share1
for i in 1 2 3; do
	# Each joins, reads a little, and leaves or is killed, again and again.
	background "stress$i" ip netns exec "$NS_A" \
		"$PFQ_BUILD/tests/vm/kmod-stress" join 8 $i churn
done
send
send
exact
for i in 1 2 3; do
	ended "stress$i" 20 || fail "stress$i: status $?"
	cat "$T/stress$i.out"
done
reader late copies 'vlan'
wait_members copies 4
send
exact
stat_is 'any(.endpoints[]; .counters.drop_ring_full > 0)' \
	'any(.endpoints[]; .counters.drop_endpoint_filter > 0)' \
	'any(.groups[]; .counters.drop_vlan > 0)' 'any(.groups[]; .counters.drop_filter > 0)' \
	'[.status.sources[].counters.rx_packets] | all(. > 0)'
jq -r '.groups[] | "\(.name): \(.counters)"' "$T/stats.json"
kill -CONT "${PID[full]}"
wait_for 10 "all to be read" nothing_unread
ctl stats --json >"$T/stats.json"
for name in full whole filtered share0 some0 some1 late tapped0; do
	leaves $name
done
stop_engine
