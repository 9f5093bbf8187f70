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
# shellcheck disable=SC2016 # variables of awk
read -ra calls < <(awk '$1 == ".Ss" { is_here = $2 == "Sandboxes" }
	is_here && $1 == ".It" && $2 == "Cm" { $1 = $2 = ""; printf "%s ", $0 }
	END { print "" }' "$PFQ_SRC/man/pcap-pfq.7")
[ "${#calls[@]}" -ge 10 ] || fail "the manual lists ${#calls[@]} system calls: ${calls[*]}"

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
