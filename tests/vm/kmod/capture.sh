#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# tcpdump with our libpcap captures through the module the same bytes as the system's
# tcpdump without it. Then the module is removed.
. "$(dirname "$0")/lib.sh"

load
wire
our_tcpdump ours -i pfq:va -w "$T/ours.pcap"
ip netns exec a tcpdump -Z root -i va -w "$T/stock.pcap" 2> "$T/stock.err" &
PID[stock]=$!
wait_for_tcpdump stock
in_a timeout 10 busybox ping -q -A -c 20 10.7.0.2 > /dev/null
in_a timeout 10 busybox ping -q -A -c 20 -s 3000 10.7.0.2 > /dev/null
sleep 3
stop_tcpdump ours
stop_tcpdump stock
cat "$T/ours.err" "$T/stock.err"
[ "$(in_summary ours captured)" -ge 80 ] || fail "too few packets"
for f in ours stock; do
	tcpdump -t -n -xx -r "$T/$f.pcap" icmp > "$T/$f.txt" 2> /dev/null
done
cmp "$T/ours.txt" "$T/stock.txt" || fail "the two captures differ"
rmmod pfq || fail "rmmod"
echo "PASS"
