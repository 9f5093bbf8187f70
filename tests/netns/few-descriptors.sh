#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A program that has no descriptor left is told just that, at whichever step of opening a handle
# it happens, and nothing stays open. So is one whose engine has none left.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
need "$TOOLS/pfq-handles"

start_engine <<END
[group g]
device = wire0
steer  = copy
ring   = 1M
END
BEFORE=$(engine_fds_at_rest)

in_a env LD_LIBRARY_PATH="$T/lib" "$TOOLS/pfq-handles" pfq@g 3 >"$T/handles.out" 2>"$T/handles.err" ||
	fail "pfq-handles: $(cat "$T/handles.err")"
# a handle has several descriptors: more than one limit is too low for each
awk '$3 < 3 { exit 1 }' "$T/handles.out" || fail "so few limits were too low: $(cat "$T/handles.out")"
# nor does a device that a variable takes over become an ordinary one
in_a env LD_LIBRARY_PATH="$T/lib" PFQ_GROUP=g "$TOOLS/pfq-handles" wire0 1 2>"$T/handles.err" >&2 ||
	fail "pfq-handles wire0: $(cat "$T/handles.err")"
# nor where a variable is about another of its names, or the name is one that only netlink knows
in_a ip link property add dev wire0 altname few altname a-name-of-many-characters
in_a env LD_LIBRARY_PATH="$T/lib" PFQ_GROUP_few=g "$TOOLS/pfq-handles" wire0 1 2>"$T/handles.err" >&2 ||
	fail "pfq-handles wire0 by PFQ_GROUP_few: $(cat "$T/handles.err")"
in_a env LD_LIBRARY_PATH="$T/lib" PFQ_GROUP=g "$TOOLS/pfq-handles" a-name-of-many-characters 1 \
	2>"$T/handles.err" >&2 || fail "pfq-handles of an alternative name: $(cat "$T/handles.err")"
wait_for 10 "the engine to close what was refused" engine_has_fds "$BEFORE"

[ "$ENGINE" = user ] || exit 0

# limit_for N: that under which the engine can open N descriptors more
limit_for()
{
	local fd=0 left=$1

	while :; do
		[ -e "/proc/${PID[engine]}/fd/$fd" ] || [ $((left -= 1)) -ge 0 ] || break
		fd=$((fd + 1))
	done
	echo $fd
}

# none for the connection; one for that and none for the ring; one for a part of the ring
for more in 0 1 2; do
	prlimit --pid "${PID[engine]}" --nofile="$(limit_for $more):"
	case $more in
	0) application_refused pfq@g "did not answer HELLO" "out of descriptors" ;;
	*)
		application_refused pfq@g "Too many open files: raise LimitNOFILE= of pfqd's unit"
		# nor is there any for a device that it would have to open
		application_refused pfq:lo "Too many open files: raise LimitNOFILE= of pfqd's unit"
		;;
	esac
done
prlimit --pid "${PID[engine]}" --nofile=1024:
capture c pfq@g -c 1
frames b --kinds udp4 --packets 5
ended c 10 || fail "the capture after all that"

# one that has none left while it starts says so, too, at whichever step
stop_engine
refused=0
for limit in {5..40}; do
	# shellcheck disable=SC2016 # of the inner shell
	timeout $((10 * PATIENCE)) ip netns exec "$NS_A" \
		bash -c 'ulimit -n "$1"; exec timeout -s TERM 1 "$2" -c "$3"' \
		few "$limit" "$PFQD" "$T/engine.conf" >"$T/few.log" 2>&1 || true
	! grep -q 'listening on' "$T/few.log" || break
	grep -q "Too many open files: raise LimitNOFILE= of pfqd's unit" "$T/few.log" ||
		fail "with $limit descriptors: $(cat "$T/few.log")"
	refused=$((refused + 1))
done
[ $refused -gt 3 ] && [ "$limit" -lt 40 ] ||
	fail "$refused starts were refused, up to $limit descriptors"
