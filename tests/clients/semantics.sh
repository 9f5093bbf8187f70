#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Runs one list of checks of the behaviour that programs rely on. The system's libpcap
# passes it on lo. Ours must pass it on lo, on a pfq device, and where a variable takes over
# lo.
. "$(dirname "$0")/lib.sh"
clients_begin
need "$CLIENTS/semantics"
start_lo_engine

# semantics NAME DEVICE COMMAND...: run the checks on DEVICE by COMMAND
semantics()
{
	local name=$1 device=$2

	shift 2
	echo "--- $name"
	"$@" in_a timeout 60 "$CLIENTS/semantics" "$device" >"$T/$name.log" 2>&1 ||
		fail "$name: $(grep -v '^ok' "$T/$name.log")"
	tail -n 1 "$T/$name.log"
}

semantics system-lo lo with system
semantics ours-lo lo with ours
semantics pfq-lo pfq:lo with ours
export PFQ_lo=1
semantics lo-taken-over lo with ours
unset PFQ_lo
stop_engine
