#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# steer = copy: four tcpdumps each capture the same bytes in the same order as a tcpdump
# with the system's libpcap on this interface, with VLAN tags.
. "$(dirname "$0")/../lib.sh"
begin
need taskset
wire_up
start_server
start_group demo steer=copy
reference wire wire0
start_members demo copy 4
kinds=udp4,tcp4,udp6,tcp6,sctp4,icmp4,frag4,frag6,ext6,vlan,qinq,mpls,pppoe,arp,lldp,junk
# Two sockets may see packets from two CPUs in different orders. So one CPU sends all
# packets here. The rate leaves the engine enough time, because a consumer waits at most 100
# ms for a late worker.
taskset -acp "$(first_cpu)" "${PID[server]}" >/dev/null
taskset -cp "$(first_cpu)" $$ >/dev/null
frames b --kinds $kinds --packets 3000 --order shuffled --window 16 --rate 10000
traffic --connections 60 --udp-flows 40 --parallel 4 --rate 400
frames a --kinds $kinds --packets 3000 --seed 2 --rate 10000
drain
stats_add_up all
nothing_lost
stop_captures copy0 copy1 copy2 copy3 wire
check --same wire copy0 copy1 copy2 copy3
# Check that the reference has the single and double tags that were sent.
for filter in 'vlan' 'ether proto 0x88a8'; do
	[ "$(tcpdump -nn -r "$(pcap wire)" "$filter" 2>/dev/null | wc -l)" -ge 300 ] ||
		fail "the reference lacks tagged frames: $filter"
done
stop_engine
