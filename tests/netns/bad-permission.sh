#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A user who may not use the engine, its socket or a group gets an error that says so.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
start_group demo 'access=root:root 0600'
AS_NOBODY=1 application_refused pfq@demo demo
# An unprivileged user may not bind a device himself either.
AS_NOBODY=1 application_refused pfq:wire0 wire0
chmod 600 "$SOCKET"
AS_NOBODY=1 application_refused pfq@demo "$SOCKET"
stop_engine
# An engine without the right to capture says so and ends.
status=0
in_a timeout $((10 * PATIENCE)) setpriv --reuid=nobody --regid=nogroup --clear-groups \
	"$PFQD" -c "$T/engine.conf" 2>"$T/nobody.err" || status=$?
[ $status -eq 1 ] || fail "an engine without rights ended with status $status"
grep -qi 'permi\|CAP_' "$T/nobody.err" || fail "unclear error: $(cat "$T/nobody.err")"
