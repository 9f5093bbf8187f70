#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# ingest = xdp: each frame sent arrives once, with one queue and with four, at one of four
# tcpdumps. The host receives none.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/tap.sh"
begin
begin_tap
parts=(part0 part1 part2 part3)
kinds=udp4,tcp4,udp6,tcp6,sctp4,frag4,frag6,ext6,vlan,qinq,mpls,pppoe,arp,lldp

# run QUEUES: send and check with this number of queues
run()
{
	local part

	start_group demo ingest=xdp mode=tap
	[ "$(tap_mode)" = "native copy" ] || fail "mode: $(tap_mode)"
	sent_reference "wire$1"
	reference "host$1" wire0
	for part in "${parts[@]}"; do
		capture "$part" pfq@demo
	done
	wait_members demo 4
	frames b --kinds $kinds --packets 12000 --flows 600 --order shuffled --window 16 \
		--rate 20000
	drain
	stats_add_up all
	nothing_lost
	stop_captures "${parts[@]}" "wire$1" "host$1"
	check --fragments-apart --reference "wire$1" "${parts[@]}"
	stat_is ".status.sources[0].counters.rx_packets == $(jq .frames "$T/frames.out")" \
		".status.sources[0].counters.rx_bytes == $(jq .bytes "$T/frames.out")" \
		".groups[0].counters.steered == $(jq .frames "$T/frames.out")"
	[ "$(packets_in "host$1")" -eq 0 ] || fail "the host saw packets of a tapped device"
	stop_engine
	is_untapped || fail "a program is left on wire0"
}

run 4
one_queue
run 1
