#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# bench-delay and bench-read refuse wrong values. The error has the option, the value and
# the allowed values.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/bench.sh"
begin
DELAY=$PFQ_BUILD/bench/bench-delay
READ=$PFQ_BUILD/bench/bench-read
need "$DELAY" "$READ"
wire_up

refused_line 'give -i DEV' -- "$DELAY" -o lo
refused_line 'give -o DEV' -- "$DELAY" -i lo
refused_line '"word"' 'options only' -- "$DELAY" -i lo -o lo word
refused_line --count '"0"' '1 to 1000000' -- "$DELAY" -i lo -o lo -c 0
refused_line --timeout '"60001"' '0 to 60000 milliseconds' -- "$DELAY" -i lo -o lo --timeout 60001
refused_line --genlen '"59"' '60 to 1514' -- "$DELAY" -i lo -o lo -g 59
refused_line --gap-min '"10us"' '0.1ms to 10s' -- "$DELAY" -i lo -o lo --gap-min 10us
refused_line --gap-max '"11s"' '0.1ms to 10s' -- "$DELAY" -i lo -o lo --gap-max 11s
refused_line --gap-min '20 ms' 'up to --gap-max, 12 ms' -- "$DELAY" -i lo -o lo --gap-min 20ms
refused_line --buffer '"3G"' 'below 2 GiB' -- "$DELAY" -i lo -o lo -B 3G
refused_line --cpu-send '"100000"' CPUs -- "$DELAY" -i lo -o lo --cpu-send 100000
refused_line --cpu-recv '"x"' CPUs -- "$DELAY" -i lo -o lo --cpu-recv x
refused_line --next --poll exclude -- "$DELAY" -i lo -o lo --next --poll
refused_line --dispatch --next exclude -- "$DELAY" -i lo -o lo --dispatch --next

refused_line 'give -i DEV' -- "$READ"
refused_line '"word"' 'options only' -- "$READ" -i lo word
refused_line --count '"-1"' '1 to 4294967295' -- "$READ" -i lo -c -1
refused_line --rounds '"0"' '1 to 1000000' -- "$READ" -i lo --rounds 0
refused_line --settle '"1s"' '0 to 60000 milliseconds' -- "$READ" -i lo --settle 1s
refused_line --cpu '"100000"' CPUs -- "$READ" -i lo --cpu 100000

export STATUS=1
refused_line --interface '"nothing0"' -- "$DELAY" -i nothing0 -o lo -c 1
refused_line --output '"nothing0"' 'No such device' -- in_a "$DELAY" -i wire0 -o nothing0 -c 1
refused_line --output '"wire1@nothing"' 'No such file' \
	-- in_a "$DELAY" -i wire0 -o wire1@nothing -c 1
refused_line --output '"@nothing"' '1 to 15' -- in_a "$DELAY" -i wire0 -o @nothing -c 1
refused_line --interface '"nothing0"' -- "$READ" -i nothing0
refused_line --filter '"no such"' -- in_a "$READ" -i wire0 -f 'no such'
refused_line 'standard input' 'ended before' -- in_a "$READ" -i wire0

# A result that cannot be written is an error.
background full ip netns exec "$NS_A" sh -c 'exec "$@" >/dev/full' sh "$DELAY" -i wire0 \
	-o "wire1@$NS_B" -c 3
status=0
ended full 20 || status=$?
[ $status -eq 1 ] || fail "bench-delay into a full disk: status $status"
grep -q 'standard output: No space left' "$T/full.err" || fail "bench-delay: $(cat "$T/full.err")"
status=0
echo | in_a "$READ" -i wire0 >/dev/full 2>"$T/full.err" || status=$?
[ $status -eq 1 ] || fail "bench-read into a full disk: status $status"
grep -q 'standard output: No space left' "$T/full.err" || fail "bench-read: $(cat "$T/full.err")"

# The sender's device goes down during the run. This is an error, and not a loss of frames.
ip -n "$NS_B" link set wire1 down
refused_line --output "wire1@$NS_B" 'Network is down' \
	-- in_a "$DELAY" -i wire0 -o "wire1@$NS_B" -c 3
