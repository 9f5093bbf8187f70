#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A tap takes the packets that a device receives, and the host does not see them. A port of
# a bridge is refused with the reason. When pfqd ends, the host has its packets again.
. "$(dirname "$0")/lib.sh"

pings() { ip netns exec b busybox ping -q -c 3 -W 1 10.7.0.1 > /dev/null 2>&1; }

printf '[pfqd]\nengine = kernel\nsocket = %s\n[group t]\ndevice = va\nmode = tap\n' "$T/sock" \
	> "$T/conf"
load
wire
pings || fail "the wire does not work"
start_pfqd
our_tcpdump tap -i pfq@t -w "$T/tap.pcap" icmp
pings && fail "the host answers packets that a tap has taken"
sleep 1
stop_tcpdump tap
[ "$(in_summary tap captured)" -eq 3 ] || fail "not three packets: $(cat "$T/tap.err")"
stop_pfqd
pings || fail "the host does not get its packets back"
modprobe bridge 2> /dev/null || true
ip -n a link add br0 type bridge
ip -n a link set va master br0
! in_a timeout 10 "$PFQ_BUILD/pfqd/pfqd" -c "$T/conf" 2> "$T/pfqd.log" ||
	fail "the port of a bridge was tapped"
grep -q 'port of a bridge' "$T/pfqd.log" || fail "$(cat "$T/pfqd.log")"
gone
echo "PASS"
