#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# If a device has another XDP program, it stays, and the error says so. Once it is gone, pfqd takes
# the device. A program that comes later cannot replace ours.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/hints.sh"
. "$PFQ_SRC/tests/lib/tap.sh"
begin
begin_tap
GEN=$PFQ_BUILD/tools/gen/pfq-gen
[ -x "$GEN" ] || skip "pfq-gen is not built: configure found no libbpf"

program_id()
{
	ip -n "$NS_A" link show wire0 | sed -n 's/.*prog\/xdp[a-z]* id \([0-9]*\).*/\1/p'
}

background other ip netns exec "$NS_B" "$GEN" -o wire1 -c 100000 --rate 500 --pass "wire0@$NS_A"
wait_for 5 "the other program on wire0" is_tapped
id=$(program_id)
engine_configure <<END
[group demo]
id     = 42
device = wire0
ingest = xdp
mode   = tap
END
launch_engine
wait_for 20 "the group to be without the device" \
	ctl_is groups '.groups[0].devices[0].state == "unused"'
hinted device-unused "group demo does not use wire0: XDP program $id"
for word in "XDP program $id" "device wire0" "ip link set dev wire0 xdp off" "ingest = packet"; do
	grep -qF "$word" "$T/engine.err" || fail "\"$word\" is not in: $(cat "$T/engine.err")"
done
[ "$(program_id)" = "$id" ] || fail "the other program was replaced"
kill -INT "${PID[other]}"
ended other 10 || true
is_untapped || fail "the other program is still attached"
wait_for 10 "the group to have the device" engine_is_up
capture demo pfq@demo
wait_members demo 1
frames b --packets 300 --kinds udp4 --one-way
drain
# Another program cannot replace ours.
! in_b timeout 20 "$GEN" -o wire1 -c 1 --pass "wire0@$NS_A" >"$T/second.out" 2>&1 ||
	fail "another program replaced ours"
stats_add_up all
stat_is '.groups[0].counters.steered == 300'
stop_captures demo
stop_engine
