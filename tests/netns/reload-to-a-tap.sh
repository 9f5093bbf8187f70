#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A reload turns a group from packet sockets into a tap and back. If the device cannot be tapped,
# the reload fails and changes nothing: the group goes on. If it can, the log says that the device
# is bound before it says that the file was read, and never that the device is absent. A tap whose
# queues change has to be closed first; if the new one cannot open, the old one comes back.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/tap.sh"
begin
begin_tap
GEN=$PFQ_BUILD/tools/gen/pfq-gen
[ -x "$GEN" ] || skip "pfq-gen is not built: configure found no libbpf"

# demo [LINE...]: print the group with these lines
demo()
{
	printf '[group demo]\nid = 42\ndevice = wire0\nsteer = copy\n'
	[ $# -eq 0 ] || printf '%s\n' "$@"
}

# source_is DRIVER: is the device open by this driver alone?
source_is()
{
	# shellcheck disable=SC2016 # a variable of jq
	ctl_is status --arg d "$1" '[.sources[] | [.driver, .state]] == [[$d, "up"]]'
}

background other ip netns exec "$NS_B" "$GEN" -o wire1 -c 100000000 --rate 1 --pass "wire0@$NS_A"
wait_for 5 "the other program on wire0" is_tapped
start_engine < <(demo)
capture demo pfq@demo
wait_members demo 1
hang_up < <(demo "ingest = xdp" "mode = tap")
grep -q 'nothing has changed: group demo: .*XDP program' "$T/engine.err" ||
	fail "the reload has not failed: $(tail -n 4 "$T/engine.err")"
! ctl reload >"$T/reload.log" 2>&1 || fail "pfqctl reload succeeds"
! ctl group set demo ingest=xdp mode=tap >"$T/set.log" 2>&1 || fail "group set succeeds"
source_is packet || fail "$(ctl status)"
has_members demo 1 || fail "the member has gone"
kill -INT "${PID[other]}"
ended other 10 || true
is_untapped || fail "the other program is still attached"
before=$(ctl groups --json | jq '.groups[0].counters.recv')
frames b --packets 100 --kinds udp4 --one-way
drain
after=$(ctl groups --json | jq '.groups[0].counters.recv')
[ $((after - before)) -ge 100 ] || fail "the group has got $((after - before)) packets of 100"

for i in 1 2 3; do
	: >"$T/engine.err"
	hang_up < <(demo "ingest = xdp" "mode = tap")
	source_is xdp || fail "$(ctl status)"
	grep -q 'group demo: pfqd opens a device in another way; packets .* may be missed' \
		"$T/engine.err" || fail "round $i: nobody is told: $(cat "$T/engine.err")"
	hang_up < <(demo "ingest = xdp" "mode = tap" "device = wire0/0-1" | sed '/wire0$/d')
	source_is xdp || fail "$(ctl status)"
	hang_up < <(demo)
	source_is packet || fail "$(ctl status)"
	[ "$(grep -oE 'is bound|was read again' "$T/engine.err" | tr '\n' ' ')" = \
		"$(printf 'is bound was read again %.0s' 1 2 3)" ] ||
		fail "round $i: the log has another order: $(cat "$T/engine.err")"
	! grep 'does not exist' "$T/engine.err" || fail "round $i: the device exists"
done
stats_add_up all

hang_up < <(demo "ingest = xdp" "mode = tap")
for queues in wire0/0,wire0/7 wire0/7; do
	: >"$T/engine.err"
	hang_up < <(demo "ingest = xdp" "mode = tap" "device = $queues" | sed '/wire0$/d')
	grep -q 'nothing has changed: group demo: device wire0 has no queue 7' "$T/engine.err" ||
		fail "queues $queues: the reload has not failed: $(cat "$T/engine.err")"
	source_is xdp || fail "queues $queues: $(ctl status)"
done
ctl_is groups '.groups[0] | .bindings == "wire0" and .devices[0].state == "up"' ||
	fail "$(ctl groups --json)"
before=$(ctl groups --json | jq '.groups[0].counters.recv')
frames b --packets 100 --kinds udp4 --one-way
drain
after=$(ctl groups --json | jq '.groups[0].counters.recv')
[ $((after - before)) -ge 100 ] || fail "the tap has got $((after - before)) packets of 100"
stop_captures demo
stop_engine
