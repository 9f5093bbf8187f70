#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# captop prints its summary, whatever ends it: a signal, the time limit, a closed pipe, a
# removed device, a full disk. It ends in time even if no packet arrives.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/bench.sh"
begin
wire_up

for signal in INT TERM; do
	listen idle$signal --thread 3
	inject -c 1000
	sleep 1.3
	kill -$signal "${PID[idle$signal]}"
	ended idle$signal 2 || fail "SIG$signal: status $?"
	is idle$signal .ended signal
	is idle$signal .all.packets 3000
done

# the time limit, without packets
for arguments in "" --next --nonblock "--thread 2 --immediate"; do
	# shellcheck disable=SC2086
	in_a "$CAPTOP" --json -i wire0 --for 1.2 $arguments >"$T/clock.out" 2>/dev/null ||
		fail "--for $arguments: status $?"
	is clock .ended time
	is clock '.time >= 1.2 and .time < 2' true
	[ "$(wc -l <"$T/clock.out")" -eq 2 ] || fail "not one line a second: $(cat "$T/clock.out")"
done

# The reader of the output closes the pipe.
in_a "$CAPTOP" -i wire0 2>"$T/pipe.err" | head -n 1 >"$T/pipe.out"
[ "${PIPESTATUS[0]}" -eq 0 ] || fail "a closed pipe is no failure: ${PIPESTATUS[*]}"
[ "$(wc -l <"$T/pipe.out")" -eq 1 ] || fail "the pipe got $(cat "$T/pipe.out")"
grep -q 'summary' "$T/pipe.err" || fail "no summary after a closed pipe: $(cat "$T/pipe.err")"
inject -c 5000
"$CAPTOP" --json -r /dev/null >/dev/null 2>&1 && fail "/dev/null is no capture"
"$TOOLS/pfq-frames" --packets 30000 -w "$(pcap file)" >/dev/null
{ "$CAPTOP" --json -r "$(pcap file)" -w - 2>"$T/write.out"; echo $? >"$T/status"; } |
	head -c 10 >/dev/null
[ "$(cat "$T/status")" -eq 0 ] || fail "-w - into a closed pipe: status $(cat "$T/status")"
is write .ended "closed output"

# The disk is full.
STATUS=1 refused_line --write /dev/full 'No space left' -- "$CAPTOP" -r "$(pcap file)" -w /dev/full
grep -q summary "$T/refused.out" || fail "no summary after a full disk"

for arguments in --json --csv ""; do
	status=0
	# shellcheck disable=SC2086
	"$CAPTOP" $arguments -r "$(pcap file)" >/dev/full 2>"$T/full.err" || status=$?
	[ $status -eq 1 ] || fail "$arguments into a full disk: status $status"
	grep -q 'standard output: No space left' "$T/full.err" ||
		fail "$arguments: $(cat "$T/full.err")"
done
status=0
in_a "$CAPTOP" --json -i wire0 >/dev/full 2>"$T/full.err" || status=$?
[ $status -eq 1 ] || fail "a full disk does not end a capture: status $status"
grep -q '"ended":"error"' "$T/full.err" || fail "no summary of it: $(cat "$T/full.err")"

# The writer of the input pipe writes no more.
mkfifo "$T/fifo"
exec 9<>"$T/fifo"
background stalled "$CAPTOP" --json -r "$T/fifo"
cat "$(pcap file)" >&9
sleep 1.5
kill -INT "${PID[stalled]}"
ended stalled 2 || fail "a stalled pipe: status $?"
is stalled .ended signal
is stalled .all.packets 30000

# The input pipe has no writer yet.
background never "$CAPTOP" -r "$T/fifo"
sleep 0.3
kill -TERM "${PID[never]}"
status=0
ended never 2 || status=$?
[ $status -eq 143 ] || fail "a pipe that says nothing: status $status"
exec 9>&-

# The device is removed while two threads wait for packets.
listen gone --thread 2
inject -c 1000
sleep 1.3
ip -n "$NS_A" link del wire0
status=0
ended gone 5 || status=$?
[ $status -eq 1 ] || fail "status $status after the device went"
grep -q 'wire0: ' "$T/gone.err" || fail "no error after the device went"
is gone .ended error
is gone .all.packets 2000
