#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Tests that pfq-check finds errors, with captures from pfq-frames, some of them damaged on
# purpose. Needs no root.
set -eu
tools=${PFQ_BUILD:?where the project was built}/tests/tools
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
kinds=udp4,tcp4,udp6,tcp6,sctp4,icmp4,frag4,frag6,ext6,vlan,qinq,mpls,pppoe,arp,lldp

# found STATUS JQ ARGUMENT...: pfq-check exits with STATUS, and JQ is true of its output
found()
{
	local status=0 want=$1 expression=$2

	shift 2
	"$tools/pfq-check" --json "$@" >out.json || status=$?
	[ $status -eq "$want" ] || { echo "FAILED: status $status, not $want: $*"; exit 1; }
	jq -e "$expression" out.json >/dev/null ||
		{ echo "FAILED: not so: $expression: $*: $(jq -c .found out.json)"; exit 1; }
}

# part NAME FILTER: make NAME.pcap from a part of wire.pcap
part()
{
	tcpdump -r wire.pcap -w "$1.pcap" "$2" 2>/dev/null
}

"$tools/pfq-frames" -w wire.pcap --kinds $kinds --packets 6000 --flows 200 >/dev/null
found 0 '.packets > 6000 and .flows > 1000 and .datagrams == 800' --reference wire.pcap wire.pcap

# A packet is missing, is there twice, or was never sent.
part less 'not (ip[4:2] = 60)'
found 1 '.found.packets_missing == 1 and .found.packets_twice == 0' --reference wire.pcap less.pcap
part one 'ip[4:2] = 60'
found 1 '.found.packets_twice == 1 and .found.packets_missing == 0' --reference wire.pcap \
	wire.pcap one.pcap
found 1 '.found.packets_alien == 1' --reference less.pcap wire.pcap
found 1 '.found.packets_missing > 0' --reference wire.pcap --partial one.pcap
part flow 'tcp and net 10.78.0.0/26'
found 0 '.packets > 50' --reference wire.pcap --partial flow.pcap

# The two directions of flows are in different captures.
part there 'udp and dst port 9'
part back 'udp and src port 9'
found 1 '.found.flows_parted > 100 and .found.flows_shared == .found.flows_parted' \
	there.pcap back.pcap

# Fragments are in different captures; or they are together, but not with their flow.
part first 'ip[6:2] & 0x1fff = 0'
part later 'ip[6:2] & 0x1fff != 0'
found 1 '.found.datagrams_split == 400' first.pcap later.pcap
part whole 'ip and udp and ip[6:2] & 0x3fff = 0'
part pieces 'ip[6:2] & 0x3fff != 0'
found 1 '.found.datagrams_split == 0 and .found.datagrams_away > 100' whole.pcap pieces.pcap
found 0 '.found.datagrams_away == 0' --fragments-apart whole.pcap pieces.pcap

# The same with protocols without ports.
"$tools/pfq-frames" -w none.pcap --kinds gre4,fraggre4,esp6,fragesp6,icmp4,fragicmp4 \
	--packets 600 --flows 50 >/dev/null
found 0 '.datagrams == 300' --reference none.pcap none.pcap
tcpdump -r none.pcap -w none-whole.pcap 'ip[6:2] & 0x3fff = 0 or ip6[6] != 44' 2>/dev/null
tcpdump -r none.pcap -w none-pieces.pcap 'ip[6:2] & 0x3fff != 0 or ip6[6] = 44' 2>/dev/null
found 1 '.found.datagrams_split == 0 and .found.datagrams_away > 200' none-whole.pcap \
	none-pieces.pcap

# pairs of hosts
part udp 'udp and ip and ip[6:2] & 0x3fff = 0'
part tcp 'tcp and ip'
found 0 '.found.flows_shared == 0' udp.pcap tcp.pcap
found 1 '.found.flows_shared > 100' --hosts udp.pcap tcp.pcap

# compare byte for byte
"$tools/pfq-check" --same wire.pcap wire.pcap >/dev/null
"$tools/pfq-frames" -w other.pcap --kinds $kinds --packets 6000 --flows 200 --seed 2 >/dev/null
for other in other less; do
	if "$tools/pfq-check" --same wire.pcap $other.pcap >/dev/null; then
		echo "FAILED: $other.pcap is taken for the same"
		exit 1
	fi
done

# A capture that cannot be read is a failure.
head -c 30000 wire.pcap >cut.pcap
for bad in cut.pcap missing.pcap /dev/null; do
	status=0
	"$tools/pfq-check" "$bad" >/dev/null 2>&1 || status=$?
	[ $status -eq 2 ] || { echo "FAILED: $bad: status $status"; exit 1; }
done
