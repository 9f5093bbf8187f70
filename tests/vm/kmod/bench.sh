#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Runs in the guest: measures each row once in each of PFQ_ROUNDS rounds. pktgen sends small
# frames of many flows from b to a, addressed to neither, as at a mirror port. One captop
# with a thread for each consumer counts the packets that programs get. PACKET_FANOUT is
# measured again at the end of a round: the difference of the two is noise.
. "$(dirname "$0")/lib.sh"

captop=$PFQ_BUILD/tools/captop/captop
order=0

# send: run pktgen for PFQ_SECONDS. Sets sent to the receiving device's packets, and
# seconds.
send()
{
	local pg=/proc/net/pktgen before

	before=$(in_a cat /sys/class/net/va/statistics/rx_packets)
	ip netns exec b bash -c "
		echo rem_device_all > $pg/kpktgend_0
		echo add_device vb > $pg/kpktgend_0
		for o in 'count 0' 'pkt_size 60' 'dst_mac $mac' 'clone_skb 0' 'burst 1' \
			'flag UDPSRC_RND' 'udp_src_min 1000' 'udp_src_max 1999' 'dst 10.7.0.1'; do
			echo \"\$o\" > $pg/vb
		done
		(sleep $PFQ_SECONDS; echo stop > $pg/pgctrl) &
		echo start > $pg/pgctrl" || true
	sent=$(($(in_a cat /sys/class/net/va/statistics/rx_packets) - before))
}

# row NAME COPIES DEVICE [ARGUMENT...]: measure one row. DEVICE "none": no consumer. COPIES:
# how many consumers get each packet
row()
{
	local name=$1 copies=$2 device=$3 pid='' delivered=0 dropped=0 begun

	shift 3
	order=$((order + 1))
	if [ "$device" != none ]; then
		# Not by in_a: $! must be the process id of captop.
		ip netns exec a env LD_LIBRARY_PATH="$LIBS" "$captop" \
			--json -i "$device" -B 64M -s 128 "$@" \
			> "$T/captop" 2> "$T/captop.err" &
		pid=$!
		for _ in $(seq 100); do
			! grep -q 'listening on' "$T/captop.err" || break
			sleep 0.1
		done
	fi
	sleep 0.3
	begun=$(date +%s%N)
	send
	seconds=$(awk -v ns=$(($(date +%s%N) - begun)) 'BEGIN { print ns / 1e9 }')
	sleep 0.5
	if [ -n "$pid" ]; then
		kill -TERM "$pid"
		wait "$pid" || true
		grep '"type":"summary"' "$T/captop" > "$T/summary" ||
			fail "$name: $(cat "$T/captop" "$T/captop.err")"
		delivered=$(jq '.all.packets' "$T/summary")
		dropped=$(jq '.all.drop' "$T/summary")
	fi
	# If each consumer gets all packets, count those of one consumer.
	unexplained=$((sent * copies - delivered - dropped))
	delivered=$((delivered / (copies ? copies : 1)))
	dropped=$((dropped / (copies ? copies : 1)))
	printf 'row: { "row": "%s", "order": %d, "sent": %d, "seconds": %s, ' \
		"$name" $order "$sent" "$seconds"
	printf '"delivered": %d, "dropped": %d, "unexplained": %d }\n' \
		$delivered $dropped $unexplained
}

# delay NAME DEVICE: measure the delay of single packets on an idle link, in immediate mode
delay()
{
	in_a env LD_LIBRARY_PATH="$LIBS" "$PFQ_BUILD/bench/bench-delay" -i "$2" -o vb@b \
		--immediate -c 300 --block 50 --gap-max 4ms --gap-min 1ms > "$T/delay" ||
		fail "delay, $1: $(cat "$T/delay")"
	printf 'delay: %s\n' "$(jq -c --arg row "$1" '. + { row: $row }' "$T/delay")"
}

# engine NAME MODE STEER: start pfqd with one group
engine()
{
	printf '%s\n' '[pfqd]' 'engine = kernel' "socket = $T/sock" "[group $1]" 'device = va' \
		"mode = $2" "steer = $3" > "$T/conf"
	start_pfqd
}

load
wire
in_a ip link set va promisc on
mac=02:00:00:00:00:99
for ((round = 0; round < PFQ_ROUNDS; round++)); do
	order=0
	row nobody 0 none
	row "libpcap x1" 1 va
	row "libpcap x4" 4 va --thread 4
	row "fanout x4" 1 va --thread 4 --fanout hash
	delay libpcap va
	engine flow sniff flow
	row "pfq, no consumer" 0 none
	row "pfq flow x1" 1 pfq@flow
	row "pfq flow x4" 1 pfq@flow --thread 4
	delay pfq pfq@flow
	stop_pfqd
	engine copy sniff copy
	row "pfq copy x4" 4 pfq@copy --thread 4
	stop_pfqd
	engine tap tap flow
	row "pfq tap, flow x4" 1 pfq@tap --thread 4
	stop_pfqd
	row "fanout x4 again" 1 va --thread 4 --fanout hash
done
