#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# bench-delay reads every frame once, on a device and on a group, with each way of waiting.
# The percentiles of the delay are in order. If only a timeout wakes the reader, the delay
# shows it.
#
# Alone: it measures delays
. "$(dirname "$0")/../lib.sh"
begin
DELAY=$PFQ_BUILD/bench/bench-delay
need "$DELAY"
wire_up
start_group share

# delay [ARGUMENT...]: run bench-delay; its result goes to stats.json
delay()
{
	in_a timeout 60 env LD_LIBRARY_PATH="$PRELOAD" "$DELAY" -o "wire1@$NS_B" -c 50 "$@" \
		>"$T/stats.json" 2>"$T/delay.err" ||
		fail "bench-delay $*: status $?: $(cat "$T/stats.json" "$T/delay.err")"
	stat_is '.type == "delay"' '.sent == 50 and .n == 50 and .lost == 0 and .again == 0' \
		'.p50_ns > 0 and .p50_ns <= .p90_ns and .p90_ns <= .p99_ns' \
		'.p99_quiet_ns > 0 and .p99_quiet_ns <= .p99_ns' \
		'.p99_ns <= .p999_ns and .p999_ns <= .max_ns' '.max_ns < 1e9'
}

for way in dispatch next poll; do
	PRELOAD='' delay -i wire0 --$way --immediate
	stat_is ".mode == \"$way\"" .immediate '.device == "wire0"'
	PRELOAD=$T/lib delay -i pfq@share --$way --immediate
	# a block of TPACKET_V3 would wait for a millisecond: half of the frames for 500 us and more
	stat_is ".mode == \"$way\"" .immediate '.device == "pfq@share"' '.p50_ns < 400e3'
	PRELOAD=$T/lib delay -i pfq@share --$way --timeout 1 -g 1514
	stat_is '.immediate | not' '.length == 1514'
done

# Only the timeout wakes the reader: half of the frames wait for more than half of the
# timeout.
PRELOAD=$T/lib delay -i pfq@share --timeout 100 --gap-min 1ms --gap-max 3ms
stat_is '.p50_ns > 20e6' '.timeout_ms == 100'

# The reader listens on another device than the wire. All frames are lost, with another
# status.
status=0
in_a "$DELAY" -i lo -o "wire1@$NS_B" -c 5 >"$T/stats.json" 2>"$T/delay.err" || status=$?
[ $status -eq 3 ] || fail "a sender on another link: status $status: $(cat "$T/delay.err")"
stat_is '.sent == 5 and .n == 0 and .lost == 5 and .max_ns == 0'
