#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# In the guest: each row PFQ_ROUNDS times, one after the other in each round. pktgen sends
# small frames of many flows from b to a; captop counts what reaches applications.
. "$(dirname "$0")/lib.sh"

captop=$PFQ_BUILD/bench/captop
order=0

# send: pktgen for PFQ_SECONDS; sets sent and seconds, of the receiving device
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

# row NAME CONSUMERS DEVICE [ARGUMENT...]: a measurement; DEVICE none: nobody listens
row()
{
	local name=$1 consumers=$2 device=$3 pids=() i delivered=0 dropped=0 begun

	shift 3
	order=$((order + 1))
	for ((i = 0; i < consumers; i++)); do
		# not in_a: the process is to be captop itself
		ip netns exec a env LD_LIBRARY_PATH="$LIBS" "$captop" --json -i "$device" -B 64M -s 128 "$@" \
			> "$T/captop.$i" 2> "$T/captop.$i.err" &
		pids+=($!)
	done
	for ((i = 0; i < consumers; i++)); do
		for _ in $(seq 100); do
			! grep -q 'listening on' "$T/captop.$i.err" || break
			sleep 0.1
		done
	done
	sleep 0.3
	begun=$(date +%s%N)
	send
	seconds=$(awk -v ns=$(($(date +%s%N) - begun)) 'BEGIN { print ns / 1e9 }')
	sleep 0.5
	for i in "${pids[@]}"; do
		kill -TERM "$i"
		wait "$i" || true
	done
	for ((i = 0; i < consumers; i++)); do
		grep '"type":"summary"' "$T/captop.$i" > "$T/summary" ||
			fail "$name: $(cat "$T/captop.$i" "$T/captop.$i.err")"
		delivered=$((delivered + $(jq '.all.packets' "$T/summary")))
		dropped=$((dropped + $(jq '.all.drop' "$T/summary")))
	done
	# of those that each gets all of it, what one of them gets
	unexplained=$((sent * copies - delivered - dropped))
	[ "$copies" -gt 0 ] || unexplained=0
	delivered=$((delivered / (copies ? copies : 1)))
	dropped=$((dropped / (copies ? copies : 1)))
	printf 'row: { "row": "%s", "order": %d, "sent": %d, "seconds": %s, "delivered": %d, "dropped": %d, "unexplained": %d }\n' \
		"$name" $order "$sent" "$seconds" $delivered $dropped $unexplained
}

load
wire
mac=$(in_a cat /sys/class/net/va/address)
printf '[pfqd]\nengine = kernel\nsocket = %s\n[group flow]\ndevice = va\nsteer = flow\n[group copy]\ndevice = va\nsteer = copy\n' \
	"$T/sock" > "$T/conf"
for ((round = 0; round < PFQ_ROUNDS; round++)); do
	order=0 copies=0
	row nobody 0 none
	copies=1
	row "libpcap x1" 1 va
	copies=4
	row "libpcap x4" 4 va
	copies=1
	row "fanout x4" 1 va --thread 4 --fanout hash
	ip netns exec a "$PFQ_BUILD/pfqd/pfqd" -c "$T/conf" 2> "$T/pfqd.log" &
	pfqd=$!
	for _ in $(seq 50); do
		! grep -q listening "$T/pfqd.log" || break
		sleep 0.1
	done
	export PFQ_SOCKET=$T/sock
	row "pfq flow x4" 4 pfq@flow
	copies=4
	row "pfq copy x4" 4 pfq@copy
	kill $pfqd
	wait $pfqd || true
done
