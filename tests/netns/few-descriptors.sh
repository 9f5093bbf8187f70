#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A program without free descriptors gets an error that says so, whichever step of opening a
# handle needs the descriptor. Nothing stays open. If the engine has no free descriptor, the
# program's error says so, too.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
need "$TOOLS/pfq-handles"

start_group g steer=copy ring=1M
BEFORE=$(engine_fds_at_rest)

in_a env LD_LIBRARY_PATH="$T/lib" "$TOOLS/pfq-handles" pfq@g 3 >"$T/handles.out" \
	2>"$T/handles.err" ||
	fail "pfq-handles: $(cat "$T/handles.err")"
# A handle needs several descriptors, so more than one limit must be too low for each
# handle.
awk '$3 < 3 { exit 1 }' "$T/handles.out" ||
	fail "too few limits were too low: $(cat "$T/handles.out")"
# A device that a variable takes over does not become an ordinary device.
in_a env LD_LIBRARY_PATH="$T/lib" PFQ_GROUP=g "$TOOLS/pfq-handles" wire0 1 2>"$T/handles.err" >&2 ||
	fail "pfq-handles wire0: $(cat "$T/handles.err")"
# The same holds for a variable with another name of the device, and for a name that only
# netlink knows.
in_a ip link property add dev wire0 altname few altname a-name-of-many-characters
in_a env LD_LIBRARY_PATH="$T/lib" PFQ_GROUP_few=g "$TOOLS/pfq-handles" wire0 1 \
	2>"$T/handles.err" >&2 ||
	fail "pfq-handles wire0 by PFQ_GROUP_few: $(cat "$T/handles.err")"
in_a env LD_LIBRARY_PATH="$T/lib" PFQ_GROUP=g "$TOOLS/pfq-handles" a-name-of-many-characters 1 \
	2>"$T/handles.err" >&2 || fail "pfq-handles of an alternative name: $(cat "$T/handles.err")"
wait_for 10 "the engine to close descriptors of refused joins" engine_has_fds "$BEFORE"

[ "$ENGINE" = user ] || exit 0

# limit_for N: print the limit under which the engine can open N more descriptors
limit_for()
{
	local fd=0 left=$1

	while :; do
		[ -e "/proc/${PID[engine]}/fd/$fd" ] || [ $((left -= 1)) -ge 0 ] || break
		fd=$((fd + 1))
	done
	echo $fd
}

# Descriptors left: none for the connection; one, so none for the ring; two, so one for the
# ring
for more in 0 1 2; do
	prlimit --pid "${PID[engine]}" --nofile="$(limit_for $more):"
	case $more in
	0) application_refused pfq@g "did not answer HELLO" "out of descriptors" ;;
	*)
		application_refused pfq@g "Too many open files: raise LimitNOFILE= of pfqd's unit"
		# A device that the engine would have to open gets none either.
		application_refused pfq:lo "Too many open files: raise LimitNOFILE= of pfqd's unit"
		;;
	esac
done
prlimit --pid "${PID[engine]}" --nofile=1024:
capture c pfq@g -c 1
frames b --kinds udp4 --packets 5
ended c 10 || fail "the capture after all that"

# An engine that runs out of descriptors while it starts also says so, at each step.
stop_engine
refused=0
for limit in {5..40}; do
	limited_engine -n "$limit" || true
	! grep -q 'listening on' "$T/brief.err" || break
	grep -q "Too many open files: raise LimitNOFILE= of pfqd's unit" "$T/brief.err" ||
		fail "with $limit descriptors: $(cat "$T/brief.err")"
	refused=$((refused + 1))
done
[ $refused -gt 3 ] && [ "$limit" -lt 40 ] ||
	fail "$refused starts were refused, up to $limit descriptors"
