#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# All fragments of a datagram go to the member that has its flow. Two workers take fragments
# of hundreds of flows in any order, mixed with whole packets of the same flows.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
export WORKERS=2
start_group demo steer=flow frag_wait=5s

# round NAME FRAMES-OPTIONS -- CHECK-OPTIONS: send the frames to the group, check the
# members' files
round()
{
	local name=$1 make=() parts=("${1}0" "${1}1" "${1}2")

	shift
	while [ "$1" != -- ]; do
		make+=("$1")
		shift
	done
	shift
	reference "wire-$name" wire0
	start_members demo "$name" 3
	frames b --kinds frag4,udp4,frag6,udp6,tcp4 --packets 5000 --flows 500 --rate 30000 \
		"${make[@]}"	# pfq-frames uses the last --kinds
	drain
	stats_add_up
	stop_captures "${parts[@]}" "wire-$name"
	check "$@" --reference "wire-$name" "${parts[@]}"
	[ "$(jq .datagrams "$T/frames.out")" -ge 2000 ] ||
		fail "$name: not 2000 datagrams were sent"
	wait_members demo 0
}

# The first fragment comes first, last or at any place. --window limits the datagrams under
# way.
round sent --order sent --window 64 --seed 2 --
round reversed --order reversed --window 16 --seed 3 --
round shuffled --order shuffled --window 256 --seed 4 --
# Protocols without ports: fragments and whole datagrams of a pair of hosts go together.
none=gre4,fraggre4,esp4,fragesp4,ipip4,fragipip4,gre6,fraggre6,esp6,fragesp6
none+=,icmp4,fragicmp4,icmp6,fragicmp6
round none --order shuffled --kinds $none --window 64 --seed 6 --
# The fragments of a datagram come by several queues and CPUs.
if [ "$(nproc)" -gt 1 ]; then
	round spread --order shuffled --window 64 --seed 7 --cpus 2 --
fi
stat_is '.groups[0].counters.frag_waited > 2000' '.groups[0].counters.pending == 0' \
	'.groups[0].counters.frag_timed_out == 0' '.groups[0].counters.frag_no_room == 0'
stop_engine
