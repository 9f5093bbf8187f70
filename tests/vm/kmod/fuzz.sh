#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Hostile consumers and nonsense by netlink for SECONDS_TO_RUN (kmod-fuzz), beside an
# honest consumer, which must get every packet; then every allocation of a join, a
# bind and a group fails once, where the kernel can do that.
. "$(dirname "$0")/lib.sh"

seconds=${SECONDS_TO_RUN:-60}
load
wire
in_a "$PFQ_BUILD/tests/vm/kmod-stress" nth va > "$T/nth" 2>&1 || status=$?
cat "$T/nth"
[ "${status:-0}" -eq 0 ] || [ "$status" -eq 77 ] || fail "kmod-stress nth: status $status"
our_tcpdump honest -i pfq:va -B 65536 -w "$T/honest.pcap" 'icmp[icmptype] == icmp-echo'
in_a "$PFQ_BUILD/tests/vm/kmod-fuzz" "$seconds" "${SEED:-1}" va > "$T/fuzz" 2>&1 &
fuzz=$!
# echo requests with numbers of their own, at no great rate
in_a busybox ping -q -i 0.05 -c $((seconds * 10)) 10.7.0.2 > "$T/ping" 2>&1 || true
wait $fuzz || fail "kmod-fuzz: $(cat "$T/fuzz")"
sleep 1
stop_tcpdump honest
cat "$T/fuzz" "$T/honest.err" "$T/ping"
sent=$(sed -n 's/^\([0-9]*\) packets transmitted.*/\1/p' "$T/ping")
[ "$(summary honest captured)" -ge "$sent" ] || fail "the honest consumer lost packets: $sent were sent"
[ "$(summary honest 'dropped by kernel')" -eq 0 ] || fail "the honest consumer's ring was full"
gone
echo "PASS"
