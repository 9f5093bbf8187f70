#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# tcpdump -J lists exactly the timestamp types that the engine has. Only the kernel engine
# has the adapter's types. If a program asks the user engine for them, it gets a warning, as
# with the system's libpcap, and the host's timestamps.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
start_engine <<END
[group g]
device = wire0
END

in_a env LD_LIBRARY_PATH="$T/lib" "$TCPDUMP" -J -i pfq@g >"$T/types" 2>&1 ||
	fail "tcpdump -J: status $?: $(cat "$T/types")"
grep -q '^  host ' "$T/types" || fail "not listed: host: $(cat "$T/types")"
if [ "$ENGINE" = kernel ]; then
	grep -q '^  adapter_unsynced ' "$T/types" ||
		fail "not listed: adapter_unsynced: $(cat "$T/types")"
else
	! grep -q adapter "$T/types" ||
		fail "listed, though the user engine has none: $(cat "$T/types")"
	capture warned pfq@g -j adapter_unsynced
	grep -q 'WARNING.*time stamp is not supported' "$T/warned.err" ||
		fail "no warning: $(cat "$T/warned.err")"
	stop_captures warned
fi
