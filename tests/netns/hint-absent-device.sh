#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A group waits for an absent device. The log, pfqctl status and PFQ_DEBUG say so, until the device
# comes. A device that is down is named, too.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/hints.sh"
begin
wire_up
engine_configure <<END
[group demo]
device = wire0, late0
END
launch_engine
wait_for 20 "the engine, see engine.err" ctl_is groups '.groups | length == 1'
hinted device-absent "group demo waits for device late0, which does not exist: make the device"
ctl_is status '[.hints[] | select(.hint == "device-absent").device] == ["late0"]' ||
	fail "the hint is not about late0 alone: $(ctl status --json)"
grep -q 'warning: .*late0.* does not exist: .* waits for it' "$T/engine.err" ||
	fail "the log has no warning"
PFQ_DEBUG=1 capture first pfq@demo
grep -q '^pfq: group demo waits for device late0, which does not exist$' "$T/first.err" ||
	fail "PFQ_DEBUG does not name late0: $(cat "$T/first.err")"
! grep -q 'waits for device wire0' "$T/first.err" || fail "PFQ_DEBUG names wire0"

wire_add late0 peer0
hinted device-down "group demo gets no packets from device late0, which is down: ip link set late0"
not_hinted device-absent
ip -n "$NS_B" link set peer0 up
ip -n "$NS_A" link set late0 up
not_hinted device-down
PFQ_DEBUG=1 capture second pfq@demo
! grep -q 'waits for' "$T/second.err" || fail "PFQ_DEBUG: $(cat "$T/second.err")"
stop_captures first second
stop_engine
