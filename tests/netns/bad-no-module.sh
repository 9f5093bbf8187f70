#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The kernel engine's module is missing: "engine = kernel" is refused with this reason.
# "engine = auto" uses the user engine and logs why.
. "$(dirname "$0")/../lib.sh"
begin
[ ! -d /sys/module/pfq ] || skip "the module is loaded"
! modinfo pfq >/dev/null 2>&1 || skip "the module is installed"
wire_up
printf '[pfqd]\nengine = kernel\nsocket = %s\n[group demo]\ndevice = wire0\n' "$SOCKET" \
	>"$T/engine.conf"
status=0
in_a timeout $((10 * PATIENCE)) "$PFQD" -c "$T/engine.conf" >"$T/refused.log" 2>&1 || status=$?
[ $status -eq 1 ] || fail "pfqd with engine = kernel: status $status"
grep -q 'engine = kernel: the kernel engine is not there: load its module' "$T/refused.log" ||
	fail "$(cat "$T/refused.log")"
[ ! -e "$SOCKET" ] || fail "the socket's file still exists"
PFQ_ENGINE=kernel application_refused pfq@demo "kernel engine is not there" modprobe
ENGINE=auto
start_group demo
grep -q 'user engine: the kernel engine is not there' "$T/engine.err" ||
	fail "$(cat "$T/engine.err")"
ctl status --json | jq -e '.engine == "user"' >/dev/null || fail "$(ctl status)"
PFQ_ENGINE=user capture user pfq@demo
stop_captures user
stop_engine
