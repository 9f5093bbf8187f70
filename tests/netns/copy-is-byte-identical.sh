#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# steer = copy: each of four tcpdumps has what a tcpdump with the system's
# libpcap has on the same interface, byte for byte and in order; tags too.
. "$(dirname "$0")/../lib.sh"
begin
need taskset
wire_up
start_server
start_engine <<END
[group demo]
id     = 42
device = wire0
steer  = copy
END
reference wire wire0
for i in 0 1 2 3; do
	capture "copy$i" pfq@demo
done
wait_members demo 4
kinds=udp4,tcp4,udp6,tcp6,sctp4,icmp4,frag4,frag6,ext6,vlan,qinq,mpls,pppoe,arp,lldp,junk
# Two sockets see packets of two CPUs in an order of their own. One CPU makes
# all of them here, so there is one order to keep; at a pace that leaves the
# engine time, for a reader waits for a worker that lags for 100 ms only.
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
# the reference itself has the tags, single and double, that were sent
for filter in 'vlan' 'ether proto 0x88a8'; do
	[ "$(tcpdump -nn -r "$(pcap wire)" "$filter" 2>/dev/null | wc -l)" -ge 300 ] ||
		fail "the reference lacks tagged frames: $filter"
done
stop_engine
