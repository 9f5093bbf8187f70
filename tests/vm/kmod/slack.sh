#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Where a program on the host asks for timestamps, packets come with one that is older than the
# clock, and lanes allow for it, whatever comes without one, as TCP's own does; a second after
# nobody asks any longer, they no longer do.
. "$(dirname "$0")/lib.sh"

# by whichever CPU a packet is sent, that one receives it at the other end of a veth
packets()
{
	local cpu

	for ((cpu = 0; cpu < $(nproc); cpu++)); do
		taskset -c $cpu ip netns exec b busybox ping -q -A -c 5 10.7.0.1 > /dev/null ||
			fail "the wire does not work"
	done
	ip netns exec b busybox wget -q -O - http://10.7.0.1:8080/page > "$T/got" || fail "no TCP on the wire"
	cmp "$T/got" "$T/www/page"
}

lanes() { grep -c '^lane [0-9]* slack_ns' /sys/kernel/debug/pfq/state || true; }

# allows WHEN LANES: so many of them do, of the CPUs that there are
allows()
{
	local n

	n=$(lanes)
	echo "$1: $n lanes of $(nproc)"
	[ "$n" -eq "$2" ] || fail "$1: $n lanes allow for old timestamps, not $2: $(cat /sys/kernel/debug/pfq/state)"
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
perl -MSocket -e 'my $s; socket($s, PF_INET, SOCK_DGRAM, 0) && setsockopt($s, SOL_SOCKET, 29, pack("l", 1)) or die $!;
	print "asks\n"; close STDOUT; sleep 600' > "$T/asks" &
PID[asks]=$!
for _ in $(seq 100); do
	[ ! -s "$T/asks" ] || break
	sleep 0.1
done
[ -s "$T/asks" ] || fail "nobody asks for timestamps"
# the kernel takes its time, too, before it stamps
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
