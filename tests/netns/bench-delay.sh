#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# bench-delay: every frame comes once, on a device and on a group, in each way of waiting; the
# delays are in order, and a timeout shows where nothing else wakes the reader.
#
# Alone: it measures delays
. "$(dirname "$0")/../lib.sh"
begin
DELAY=$PFQ_BUILD/bench/bench-delay
need "$DELAY"
wire_up
start_engine <<END
[group share]
id     = 42
device = wire0
END

# delay [ARGUMENT...]: its result to stats.json
delay()
{
	in_a timeout 60 env LD_LIBRARY_PATH="$PRELOAD" "$DELAY" -o "wire1@$NS_B" -c 50 "$@" \
		>"$T/stats.json" 2>"$T/delay.err" ||
		fail "bench-delay $*: status $?: $(cat "$T/stats.json" "$T/delay.err")"
	stat_is '.type == "delay"' '.sent == 50 and .n == 50 and .lost == 0 and .again == 0' \
		'.p50_ns > 0 and .p50_ns <= .p90_ns and .p90_ns <= .p99_ns' \
		'.p99_quiet_ns > 0 and .p99_quiet_ns <= .p99_ns' '.p99_ns <= .p999_ns and .p999_ns <= .max_ns' '.max_ns < 1e9'
}

for way in dispatch next poll; do
	PRELOAD='' delay -i wire0 --$way --immediate
	stat_is ".mode == \"$way\"" .immediate '.device == "wire0"'
	PRELOAD=$T/lib delay -i pfq@share --$way --immediate
	stat_is ".mode == \"$way\"" .immediate '.device == "pfq@share"'
	PRELOAD=$T/lib delay -i pfq@share --$way --timeout 1 -g 1514
	stat_is '.immediate | not' '.length == 1514'
done

# nothing wakes the reader before the timeout: half of the frames wait for half of it and more
PRELOAD=$T/lib delay -i pfq@share --timeout 100 --gap-min 1ms --gap-max 3ms
stat_is '.p50_ns > 20e6' '.timeout_ms == 100'

# another device than the wire: what does not come is lost, and that is another status
status=0
in_a "$DELAY" -i lo -o "wire1@$NS_B" -c 5 >"$T/stats.json" 2>"$T/delay.err" || status=$?
[ $status -eq 3 ] || fail "not the link: status $status: $(cat "$T/delay.err")"
stat_is '.sent == 5 and .n == 0 and .lost == 5 and .max_ns == 0'
