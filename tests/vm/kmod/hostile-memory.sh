#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Consumers bring the memory of their ring and do to it all that they can: they harm only
# themselves. Two honest consumers, one with its own huge pages, get every packet, and all
# huge pages come back. Memory of another kind is refused with the reason. Bringing memory
# blocks no one else: no request, and no generic netlink family that is registered or
# removed.
. "$(dirname "$0")/lib.sh"

seconds=${HOSTILE_SECONDS:-10}
load
wire
printf '%s\n' '[pfqd]' 'engine = kernel' "socket = $T/sock" '[group g]' 'device = va' \
	'steer = copy' 'access = root:root 0666' > "$T/conf"
start_pfqd
echo 64 > /proc/sys/vm/nr_hugepages
free=$(free_pages)
[ "$free" -eq 64 ] || fail "no pool of huge pages"
in_a "$PFQ_BUILD/tests/vm/kmod-memory" refused g || fail "memory that must be refused: see above"
in_a "$PFQ_BUILD/tests/vm/kmod-memory" steps g || fail "the steps of bringing memory: see above"
in_a "$PFQ_BUILD/tests/vm/kmod-memory" stuck g \
	"timeout 60 sh -c '$PFQ_BUILD/tools/pfqctl/pfqctl -S /dev/pfq status > $T/meanwhile &&
		modprobe fou && rmmod fou'" ||
	fail "an ioctl that hangs: $(cat "$T/meanwhile")"
export PFQ_DEBUG=1 PFQ_RING=16M
our_tcpdump honest --immediate-mode -i pfq@g -s 128 -w /dev/null icmp
grep -q 'in huge pages of this process' "$T/honest.err" || fail "$(cat "$T/honest.err")"
RUN=(env PFQ_HUGEPAGES=off)
our_tcpdump plain --immediate-mode -i pfq@g -s 128 -w /dev/null icmp
RUN=()
in_a "$PFQ_BUILD/tests/vm/kmod-memory" hostile "$seconds" "${SEED:-1}" g > "$T/hostile" 2>&1 &
hostile=$!
in_a busybox ping -q -i 0.02 -c $((seconds * 20)) 10.7.0.2 > "$T/ping" || true
status=0
wait $hostile || status=$?
cat "$T/hostile" "$T/ping"
[ $status -eq 0 ] || fail "kmod-memory: status $status"
sleep 1
sent=$(sed -n 's/^\([0-9]*\) packets transmitted.*/\1/p' "$T/ping")
for name in honest plain; do
	stop_tcpdump $name
	[ "$(in_summary $name captured)" -eq $((2 * sent)) ] ||
		fail "$name lost packets: $(cat "$T/$name.err")"
done
stop_pfqd
gone
pages_are_back "$free"
echo "PASS"
