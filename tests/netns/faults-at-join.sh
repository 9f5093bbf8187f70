#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Each system call that pfqd makes while a program joins, reads and leaves fails once, with each
# error that it can have. The program joins, or gets an error that names what failed. pfqd keeps
# nothing of it, and another member gets every packet.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/faults.sh"
begin
faults_begin
wire_up

# tids COMM: print the threads of pfqd with this name, with commas between them
tids()
{
	grep -lx -e "$1" "/proc/${PID[engine]}"/task/*/comm | awk -F / '{ print $5 }' | paste -sd ,
}

# join: a program joins, reads packets and leaves
join()
{
	: >"$T/m.err"
	in_a env LD_LIBRARY_PATH="$T/lib" timeout -k 1 $((30 * PATIENCE)) \
		"$TCPDUMP" -n -i pfq@all -Z root -c "$PACKETS" -w "$T/pcap/m.pcap" 2>"$T/m.err" &
	until is_over $! || has_text "$T/m.err" 'listening on'; do
		pause 0.02
	done
	send_until_over $!
	wait $!
}

# try COMM: trace the threads of this name with the fault that is tried, join, and judge
try()
{
	local status=0 options lines

	read -ra options <<<"$(fault_options)"
	lines=$(wc -l <"$T/engine.err")
	traced pfqd "$(tids "$1")" "${options[@]}" -o "$TRACE"
	join || status=$?
	untraced pfqd
	tail -n +$((lines + 1)) "$T/engine.err" >"$T/said.err"
	if is_over "${PID[engine]}"; then
		wrong "pfqd has ended" "$T/engine.err"
		exit 1
	elif ! (wait_for 20 "the state before: $BEFORE" others_are_well) 2>"$T/is.log"; then
		wrong "$(others_now)" "$T/is.log" "$T/m.err"
		begin_others join
	elif [ $status -eq 0 ]; then
		judge_success
	else
		judge_error $status "refused with a text" "$T/m.err" "$T/said.err"
	fi
}

# thread NAME COMM: the faults of the threads with this name
thread()
{
	# shellcheck disable=SC2046 # words
	traced pfqd "$(tids "$2")" $(trace_options) -o "$T/$1.trace"
	join || fail "a join under strace: $(cat "$T/m.err")"
	untraced pfqd
	wait_for 5 "the state before" others_are_well
	faults_of "$1" "$T/$1.trace"
	try_faults "$1" try "$2"
}

begin_others join
echo "before: $BEFORE"
thread control pfqd
# with the kernel engine, pfqd has one thread, and only refers the program to the module
if [ "$ENGINE" = user ]; then
	thread rings pfqd-rings
	thread workers pfqd/.
fi
faults_end
stop_captures stays
stop_engine
