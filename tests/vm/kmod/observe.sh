#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Tests how users can watch the module: drops by cause in the tracepoint, its state in
# debugfs, and changes of groups and members by netlink.
. "$(dirname "$0")/lib.sh"

trace=/sys/kernel/tracing
load
wire
[ -d $trace/events ] || mount -t tracefs tracefs $trace
printf '[pfqd]\nengine = kernel\nsocket = %s\n[group g]\nid = 9\ndevice = va\nfilter = not icmp\n' \
	"$T/sock" > "$T/conf"
ip netns exec a "$PFQ_BUILD/tests/vm/kmod-stress" listen 600 > "$T/changes" &
PID[listen]=$!
for _ in $(seq 200); do
	! grep -q '^listening' "$T/changes" || break
	sleep 0.1
done
grep -q '^listening' "$T/changes" || fail "kmod-stress does not listen: $(cat "$T/changes")"
start_pfqd
our_tcpdump one -i pfq@g -w /dev/null 'udp port 9'
echo 1 > $trace/events/pfq/pfq_drop/enable
in_a busybox ping -q -c 3 10.7.0.2 > /dev/null
in_a busybox nc -u -w 1 10.7.0.2 1000 <<< hello > /dev/null 2>&1 || true
cat /sys/kernel/debug/pfq/state
grep -q 'group g id 9' /sys/kernel/debug/pfq/state || fail "debugfs does not show the group"
grep -q 'hook va' /sys/kernel/debug/pfq/state || fail "debugfs does not show the hook"
echo 0 > $trace/events/pfq/pfq_drop/enable
for cause in 'group=9 endpoint=0 cause=drop_filter' 'cause=drop_endpoint_filter'; do
	grep -q "$cause" $trace/trace || fail "no $cause in: $(cat $trace/trace)"
done
[ "$(grep -c 'cause=drop_filter' $trace/trace)" -eq 6 ] || fail "not six pings: $(cat $trace/trace)"
stop_tcpdump one
stop_pfqd
kill "${PID[listen]}"
wait "${PID[listen]}" 2> /dev/null || true
cat "$T/changes"
for change in 'GROUP_ADD g 9' 'JOIN g 9' 'LEAVE g 9' 'GROUP_DEL g 9'; do
	grep -q "^$change" "$T/changes" || fail "no message about: $change"
done
gone
echo "PASS"
