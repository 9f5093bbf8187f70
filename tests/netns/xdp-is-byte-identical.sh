#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# ingest = xdp, steer = copy: each tcpdump captures the same bytes in the same order as a
# tcpdump at the sending end. The frames have single and double VLAN tags and up to several
# buffers.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/tap.sh"
begin
begin_tap
one_queue
kinds=udp4,tcp4,udp6,tcp6,sctp4,icmp4,frag4,frag6,ext6,vlan,qinq,mpls,pppoe,arp,lldp,junk
for side in a b; do
	"in_$side" ip link set "$([ $side = a ] && echo wire0 || echo wire1)" mtu 9000
done
start_group demo ingest=xdp mode=tap steer=copy
sent_reference wire
start_members demo copy 2
frames b --kinds $kinds --packets 4000 --order shuffled --window 16 --rate 10000
# datagrams with sizes around the end of a chunk and of a page, and of the largest size
for size in 1400 1740 1750 1760 3780 3790 3800 3810 5300 8972; do
	in_b bash -c "for i in {1..20}; do
		head -c $size /dev/urandom |
			dd bs=9000 iflag=fullblock 2>/dev/null >/dev/udp/10.77.0.1/9
	done"
done
drain
stats_add_up all
nothing_lost
stop_captures copy0 copy1 wire
check --same wire copy0 copy1
for filter in vlan 'ether proto 0x88a8' "greater 9000"; do
	[ "$(tcpdump -nn -r "$(pcap wire)" "$filter" 2>/dev/null | wc -l)" -ge 20 ] ||
		fail "the reference lacks frames: $filter"
done
stop_engine
