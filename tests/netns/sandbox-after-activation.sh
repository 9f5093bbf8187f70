#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# After activation a program may enter a sandbox: an empty folder, user nobody, and only the
# system calls that pcap-pfq(7) lists. These are enough for all later use of the handle.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
need "$TOOLS/pfq-sandboxed"
[ -e /proc/sys/kernel/seccomp ] || skip "this kernel has no seccomp"

start_group g steer=copy ring=1M
install -d "$T/empty"

# listed WORD: print the system calls that the manual lists in the section that begins with WORD
listed()
{
	# shellcheck disable=SC2016 # variables of awk
	awk -v word="$1" '$1 == ".Ss" { is_here = $2 == word }
		is_here && $1 == ".It" && $2 == "Cm" { $1 = $2 = ""; printf "%s ", $0 }
		END { print "" }' "$PFQ_SRC/man/pcap-pfq.7"
}

read -ra calls < <(listed Sandboxes)
[ "${#calls[@]}" -ge 10 ] || fail "the manual lists ${#calls[@]} system calls: ${calls[*]}"
read -ra more < <(listed Calls)
[ "${#more[@]}" -ge 5 ] || fail "the manual lists ${#more[@]} calls to go on: ${more[*]}"

stream()
{
	while :; do
		"$TOOLS/pfq-frames" -i wire1 --kinds udp4,tcp4 --packets 20
		sleep 0.05
	done
}
export -f stream
background stream ip netns exec "$NS_B" env TOOLS="$TOOLS" bash -c stream

# locked_up [CALL...]: run the sandboxed program without these calls; returns its exit
# status
locked_up()
{
	in_a env LD_LIBRARY_PATH="$T/lib" timeout $((20 * PATIENCE)) "$TOOLS/pfq-sandboxed" \
		pfq@g "$T/empty" "$@" \
		>"$T/sandboxed.out" 2>"$T/sandboxed.err"
}

locked_up "${calls[@]}" ||
	fail "status $? after: $(tail -n 1 "$T/sandboxed.out") $(cat "$T/sandboxed.err")"
grep -q pcap_close "$T/sandboxed.out" ||
	fail "the program did not get to its end: $(cat "$T/sandboxed.out")"

# The sandbox works: without one of these calls, which every run needs, the kernel kills the
# program (128 + SIGSYS).
for call in sendto recvfrom ppoll eventfd2 munmap; do
	status=0
	locked_up "${calls[@]/#$call/brk}" || status=$?
	[ $status -eq 159 ] || fail "without $call: status $status, $(cat "$T/sandboxed.out")"
done

[ "$ENGINE" = user ] || exit 0
runs=0

# outlives FOLDER [CALL...]: the engine ends while the sandboxed program reads. It comes back as
# soon as the program has gone on, or has ended. Returns the program's exit status.
outlives()
{
	# The engine inherits the writing end, so a pipe keeps its content.
	local status=0 input=$T/input$((runs += 1))

	mkfifo "$input"
	# shellcheck disable=SC2016 # variables of the inner shell
	background outlives ip netns exec "$NS_A" \
		env LD_LIBRARY_PATH="$T/lib" SANDBOXED_OUTLIVES=1 PFQ_RECONNECT="$RECONNECT" \
		bash -c 'exec "$@" <"$0"' "$input" "$TOOLS/pfq-sandboxed" pfq@g "$@"
	exec 7>"$input"
	wait_for 20 "the sandboxed program" grep -q "the engine may end" "$T/outlives.out"
	crash_engine
	sleep 0.2
	launch_engine
	wait_for 20 "the program to go on or to end" gone_on_or_ended
	(echo >&7) 2>/dev/null || true	# it may be dead
	exec 7>&-
	ended outlives 20 || status=$?
	return $status
}

gone_on_or_ended()
{
	has_members g 1 || ! kill -0 "${PID[outlives]}" ||
		grep -q '^State:.Z' "/proc/${PID[outlives]}/status"
}

# The engine ends. With the calls of the second list, the program goes on.
stop_engine
start_group g steer=copy ring=1M "access=root 0666"
RECONNECT=yes outlives / "${calls[@]}" "${more[@]}" ||
	fail "status $? after: $(tail -n 1 "$T/outlives.out") $(cat "$T/outlives.err")"
grep -q outlived "$T/outlives.out" || fail "it did not outlive the engine: $(cat "$T/outlives.out")"
# Without them, the kernel kills it.
status=0
RECONNECT=yes outlives / "${calls[@]}" || status=$?
[ $status -eq 159 ] || fail "without the second list: status $status, $(cat "$T/outlives.out")"
# PFQ_RECONNECT=no needs none of them: the program gets its error.
status=0
RECONNECT=no outlives / "${calls[@]}" || status=$?
[ $status -eq 1 ] && grep -q "pfqd at $SOCKET has ended" "$T/outlives.out" ||
	fail "PFQ_RECONNECT=no: status $status, $(cat "$T/outlives.out")"
