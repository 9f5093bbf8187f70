#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# While a program on the host asks for timestamps, packets come with a stamp older than the
# clock. Lanes then allow for late stamps, even if some packets come without one, as locally
# sent TCP does. A second after the last such program has ended, they no longer allow for
# it.
. "$(dirname "$0")/lib.sh"

# packets: send from each CPU. The CPU that sends on a veth pair also receives at its other
# end.
packets()
{
	local cpu

	for ((cpu = 0; cpu < $(nproc); cpu++)); do
		taskset -c $cpu ip netns exec b busybox ping -q -A -c 5 10.7.0.1 > /dev/null ||
			fail "the wire does not work"
	done
	ip netns exec b busybox wget -q -O - http://10.7.0.1:8080/page > "$T/got" ||
		fail "no TCP on the wire"
	cmp "$T/got" "$T/www/page"
}

lanes() { grep -c '^lane [0-9]* slack_ns' /sys/kernel/debug/pfq/state || true; }

# allows WHEN LANES: check how many of the CPUs' lanes allow for late stamps
allows()
{
	local n

	n=$(lanes)
	echo "$1: $n lanes of $(nproc)"
	[ "$n" -eq "$2" ] ||
		fail "$1: $n lanes allow for old timestamps, not $2:" \
			"$(cat /sys/kernel/debug/pfq/state)"
}

load
wire
mkdir "$T/www"
seq 20000 > "$T/www/page"
ip netns exec a busybox httpd -f -p 10.7.0.1:8080 -h "$T/www" &
PFQ_GROUP=7 our_tcpdump reader -i pfq:va -w /dev/null
packets
allows "nobody asks" 0
# SO_TIMESTAMP
perl -MSocket -e 'my $s;
	socket($s, PF_INET, SOCK_DGRAM, 0) &&
		setsockopt($s, SOL_SOCKET, 29, pack("l", 1)) or die $!;
	print "asks\n"; close STDOUT; sleep 600' > "$T/asks" &
PID[asks]=$!
for _ in $(seq 100); do
	[ ! -s "$T/asks" ] || break
	sleep 0.1
done
[ -s "$T/asks" ] || fail "no program asks for timestamps"
# The kernel also takes some time before it stamps.
for _ in $(seq 20); do
	packets
	[ "$(lanes)" -lt "$(nproc)" ] || break
	sleep 0.1
done
allows "somebody asks" "$(nproc)"
sleep 2
packets
allows "somebody still asks, after a pause" "$(nproc)"
kill "${PID[asks]}"
wait "${PID[asks]}" || true
sleep 2
packets
allows "nobody asks any longer" 0
stop_tcpdump reader
gone
echo "PASS"
