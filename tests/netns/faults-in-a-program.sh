#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Each system call that our libpcap makes in a program, while it opens a group's device, reads and
# closes, fails once, with each error that it can have. The program captures, or gets an error that
# names what failed. Nothing of a failed handle stays open, and another member gets every packet.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/faults.sh"
begin
need "$TOOLS/pfq-again"
faults_begin
wire_up

# run COMMAND...: run it in the background, as $!
run()
{
	: >"$T/m.err"
	in_a env LD_LIBRARY_PATH="$T/lib" timeout -k 1 $((30 * PATIENCE)) "$@" \
		>"$T/m.out" 2>"$T/m.err" &
}

# join STRACE-OPTION...: tcpdump joins, reads packets and leaves. As root, it would look for a user.
join()
{
	run strace -D "$@" setpriv --reuid=daemon --regid=nogroup --clear-groups \
		"$TCPDUMP" -n -i pfq@all -c "$PACKETS" -w "$T/pcap/m.pcap"
	until is_over $! || has_text "$T/m.err" 'listening on'; do
		pause 0.02
	done
	send_until_over $!
	wait $!
}

# twice STRACE-OPTION...: pfq-again opens the device twice
twice()
{
	run strace -D "$@" "$TOOLS/pfq-again" pfq@all
	wait $!
}

# judge STATUS: the program has ended, with 0 or 1 if its handle worked or got an error
judge()
{
	if ! (wait_for 20 "the state before: $BEFORE" others_are_well) 2>"$T/is.log"; then
		wrong "$(others_now)" "$T/is.log" "$T/m.err"
		begin_others join -qq -o "$TRACE"
	elif [ "$1" -eq 0 ]; then
		judge_success
	else
		judge_error "$1" "refused with a text" "$T/m.err" "$T/m.out"
	fi
}

try_join()
{
	local status=0 options

	read -ra options <<<"$(fault_options)"
	join "${options[@]}" -o "$TRACE" || status=$?
	judge $status
}

try_twice()
{
	local status=0 options

	read -ra options <<<"$(fault_options)"
	twice "${options[@]}" -o "$TRACE" || status=$?
	if [ $status -eq 0 ]; then
		judge "$(grep -q '^first: 0 $' "$T/m.out"; echo $?)"
	elif grep -q '^first: 0 $' "$T/m.out" && grep -q 'second: ' "$T/m.err"; then
		# the first time took fewer calls than in the record
		judge $status
	else
		wrong "pfq-again: status $status" "$T/m.err" "$T/m.out"
	fi
}

begin_others join -qq -o "$TRACE"
# shellcheck disable=SC2046 # words
join $(trace_options) -o "$T/join.trace" || fail "tcpdump under strace: $(cat "$T/m.err")"
faults_of join "$T/join.trace" from='newfstatat.*pcap.conf' until='write.*packets captured'
try_faults join try_join
# shellcheck disable=SC2046
twice $(trace_options) -o "$T/twice.trace" || fail "pfq-again: $(cat "$T/m.err" "$T/m.out")"
faults_of twice "$T/twice.trace" from='newfstatat.*pcap.conf' until='/proc/self/fd'
try_faults twice try_twice
faults_end
stop_captures stays
stop_engine
