#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# systemd counts an exposure of the running unit of at most 2.0.
. "$(dirname "$0")/lib.sh"
begin
wire_up
start_unit <<<$'[group demo]\ndevice = wire0'
status=0
systemd-analyze security --no-pager --threshold=20 pfqd >"$T/exposure.log" 2>&1 || status=$?
said=$(grep -o 'Overall exposure level.*' "$T/exposure.log") || fail "systemd-analyze: $status"
echo "NOTE $TEST: $said"
[ $status -eq 0 ] || fail "more than 2.0: $said"
nothing_denied
