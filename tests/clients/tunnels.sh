#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Looks with pfq-lang into the tunnels of captures that others made, those in tcpdump's source
# package, and finds what tcpdump prints: the tunnel, its id and the packets inside.
#
# PFQ_TCPDUMP_SOURCE  the .dsc, if apt cannot fetch it
. "$(dirname "$0")/lib.sh"
clients_begin
need jq
unpack_source tcpdump "$T/suite" "${PFQ_TCPDUMP_SOURCE:-}"
CTL=$PFQ_BUILD/tools/pfqctl/pfqctl

# same CAPTURE PREDICATE TEXT: as many packets say yes as tcpdump prints with TEXT, and some do
same()
{
	local capture=$T/suite/tests/$1 ours theirs

	ours=$("$CTL" -j lang try -e "$2 >-> count yes" "$capture" | jq '.counts.yes.packets')
	theirs=$(with system "$TCPDUMP" -Z root -n -e -r "$capture" 2> /dev/null |
		grep -cE "$3") || true
	[ "$ours" -gt 0 ] || fail "$1: no packet is $2"
	[ "$ours" -eq "$theirs" ] || fail "$1: $ours are $2, and tcpdump prints $theirs with $3"
	echo "ok $1: $2: $ours"
}

same geneve.pcap is_geneve 'Geneve'
same geneve.pcap 'tunnel_id == 10' 'vni 0xa'
same geneve.pcap 'tunnel_id == 11' 'vni 0xb'
same geneve.pcap 'inner is_icmp' 'ICMP echo'
same geneve.pcap 'inner (is_tcp and has_src_port 22)' '30\.0\.0\.[12]\.22 >'
same geneve.pcap 'inner (tcp_flags & syn)' 'Flags \[S'
same geneve.pcap 'inner (has_src_addr 30.0.0.1)' ' 30\.0\.0\.1(\.[0-9]+)? >'
same vxlan.pcap is_vxlan 'VXLAN'
same vxlan.pcap 'tunnel_id == 100' 'vni 100'
same vxlan.pcap 'inner is_icmp' 'ICMP echo'
same vxlan.pcap 'inner is_arp' 'who-has|is-at'
