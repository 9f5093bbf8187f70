#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A daemon that is killed leaves no program on the device. The host, or the next daemon,
# gets the packets at once.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/tap.sh"
begin
begin_tap

run_once()
{
	start_group demo ingest=xdp mode=tap
	is_tapped || fail "no program is on wire0"
}

# pinned: no program may be pinned in a BPF file system
pinned()
{
	if [ -d /sys/fs/bpf ]; then
		find /sys/fs/bpf -name '*pfq*' -o -name 'xsks_map*' | wc -l
	else
		echo 0
	fi
}

run_once
crash_engine
is_untapped || fail "the killed daemon's program is still on wire0"
[ "$(promiscuity)" -eq 0 ] || fail "wire0 is still promiscuous"
reference host wire0
frames b --packets 500 --kinds udp4 --one-way
wait_for 10 "500 packets" has_captured host 500
stop_captures host
[ "$(packets_in host)" -eq 500 ] || fail "the host does not get all of its packets again"
run_once
capture demo pfq@demo
wait_members demo 1
frames b --packets 500 --kinds udp4 --one-way
drain
stats_add_up all
stat_is '.groups[0].counters.steered == 500'
stop_captures demo
stop_engine
is_untapped || fail "after a clean end a program is on wire0"
[ "$(pinned)" -eq 0 ] || fail "something is pinned in /sys/fs/bpf"
