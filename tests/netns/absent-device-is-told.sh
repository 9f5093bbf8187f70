#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A device that is absent is told: by pfqd --check, which fails only with --strict, and as a warning
# in the log at the start. A device that is here is not told, under any of its names.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
name=the-wire
ip -n "$NS_A" link property add dev wire0 altname $name 2>/dev/null || name=wire0
engine_configure <<END
[group demo]
device = $name, late0/2, later0
[group other]
device = wire0
[group none]
device = later0
END

# checks STATUS [OPTION...]: run pfqd --check with the file; its output goes to check.log
checks()
{
	local status=0

	in_a "$PFQD" --check "$T/engine.conf" "${@:2}" >"$T/check.log" 2>&1 || status=$?
	[ $status -eq "$1" ] || fail "pfqd --check ${*:2}: status $status: $(cat "$T/check.log")"
}

# tells N: check.log has this number of absent devices, and each line begins as errors do
tells()
{
	[ "$(grep -c '" is not here now; pfqd waits for it$' "$T/check.log")" -eq "$1" ] ||
		fail "not $1 absent devices: $(cat "$T/check.log")"
}

checks 0
tells 3
grep -qF "engine.conf:7: [group demo] device: \"late0\" is not here now" "$T/check.log" ||
	fail "late0 has no line: $(cat "$T/check.log")"
grep -qF "engine.conf:11: [group none] device: \"later0\"" "$T/check.log" ||
	fail "later0 of none has no line: $(cat "$T/check.log")"
grep -q 'engine.conf: valid, 3 groups$' "$T/check.log" || fail "it is not valid"
checks 1 --strict
tells 3
! grep -q valid "$T/check.log" || fail "with --strict it is valid: $(cat "$T/check.log")"

# only warnings and errors are logged
printf 'log = warning\n' | sed -i '/^\[pfqd\]/r /dev/stdin' "$T/engine.conf"
launch_engine
wait_for 20 "the engine, see engine.err" ctl_is groups '.groups | length == 3'
for device in late0 later0; do
	grep -q "warning: .*$device.* does not exist: .* waits for it" "$T/engine.err" ||
		fail "the log has no warning of $device: $(cat "$T/engine.err")"
done
! grep -q "$name\|wire0" "$T/engine.err" || fail "the log warns of wire0: $(cat "$T/engine.err")"
stop_engine

for device in late0 later0; do
	wire_add $device $device-peer
done
checks 0 --strict
tells 0
