#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The address space of a process has no room for its ring. The error says who asked for this
# size, how large the ring is, which limit prevents it and what to do. If the program's
# buffer size asked for it, the program gets a smaller ring. If a handle needs locked memory
# and the process may lock none, the error says so.
#
# Alone: the engine clears gigabytes, and a program waits for that for 5 s
. "$(dirname "$0")/../lib.sh"
begin
wire_up
start_group demo steer=copy ring=512M

# limited COMMAND...: run it with 300 MiB of address space
limited()
{
	in_a env LD_LIBRARY_PATH="$T/lib" timeout $((10 * PATIENCE)) \
		bash -c 'ulimit -v 307200; exec "$@"' limited "$@" >"$T/limited.out" 2>&1
}

# refused_for WORD...: the last command was refused, and its error has each word
refused_for()
{
	local word

	for word in "$@" 'Cannot allocate memory' 'ulimit -v' 'smaller ring'; do
		grep -qF -e "$word" "$T/limited.out" ||
			fail "\"$word\" is not in: $(cat "$T/limited.out")"
	done
}

! limited "$TCPDUMP" -n -i pfq@demo -c 1 -w /dev/null || fail "the group's ring fits"
refused_for "ring in pfqd.conf" "PFQ_RING here" "a ring of 5"
! PFQ_RING=1G limited "$TCPDUMP" -n -i pfq@demo -c 1 -w /dev/null || fail "a ring of 1 GiB fits"
refused_for "PFQ_RING: " "a ring of 10"
# a program that asks for more than there is takes less, as with stock
background small ip netns exec "$NS_A" env LD_LIBRARY_PATH="$T/lib" \
	bash -c 'ulimit -v 307200; exec "$@"' small \
	"$TCPDUMP" -n -i pfq@demo -B 1000000 -c 1 -w "$T/pcap/small.pcap"
wait_for 10 "a smaller ring" grep -q 'listening on' "$T/small.err"
takes_secret=no
! grep -q secretmem "/proc/${PID[small]}/maps" || takes_secret=yes
PFQ_RING=64M limited "$TCPDUMP" -n -i pfq@demo -c 1 -w "$T/pcap/large.pcap" &
wait_members demo 2
frames b --kinds udp4 --packets 1
ended small 10 || fail "the program with the smaller ring: $(cat "$T/small.err")"

# Secret memory counts as locked memory, so a smaller ring does not help.
if [ $takes_secret = yes ]; then
	text=$(in_a env LD_LIBRARY_PATH="$T/lib" timeout $((10 * PATIENCE)) \
		setpriv --bounding-set=-ipc_lock --inh-caps=-all \
		bash -c 'ulimit -l 0; exec "$@"' locked \
		"$TCPDUMP" -n -i pfq@demo -B 100000 -c 1 -w /dev/null 2>&1) &&
		fail "it may lock memory all the same: $text"
	[[ $text = *" bytes of locked memory"*"ulimit -l"* && $text != *ring* ]] ||
		fail "no locked memory: $text"
fi
stop_engine
