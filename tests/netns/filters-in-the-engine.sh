#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The filter and VLAN list of a group, and a member's own filter, accept the same packets as
# with the system's libpcap, with tags too. The engine counts the refused packets.
. "$(dirname "$0")/../lib.sh"
begin
need taskset
wire_up
start_engine <<END
[group filtered]
id     = 1
device = wire0
steer  = copy
filter = not tcp

[group vlans]
id     = 2
device = wire0
steer  = copy
vlan   = 10-14, untagged

[group all]
id     = 3
device = wire0
steer  = copy
END
filters=('vlan' 'vlan 12' 'vlan and udp' 'ether proto 0x8100' 'udp port 9 and not vlan' 'ip6'
	'less 100')
reference wire wire0
capture filtered pfq@filtered
capture vlans pfq@vlans
for i in "${!filters[@]}"; do
	capture "ours$i" pfq@all "${filters[$i]}"
	reference "sys$i" wire0 "${filters[$i]}"
done
wait_members filtered 1
wait_members vlans 1
wait_members all ${#filters[@]}
# Two sockets may see packets from two CPUs in different orders. So one CPU sends all
# packets.
taskset -cp "$(first_cpu)" $$ >/dev/null
frames b --kinds udp4,tcp4,udp6,vlan,qinq,arp --packets 3000 --rate 20000
drain
stats_add_up all
stat_is '.groups[] | select(.name == "filtered") | .counters.drop_filter == 500' \
	'.groups[] | select(.name == "vlans") | .counters.drop_vlan > 100' \
	'[.endpoints[] | select(.group == "all" and .counters.drop_endpoint_filter > 0)] |
		length == 7'
names=(wire filtered vlans)
for i in "${!filters[@]}"; do
	names+=("ours$i" "sys$i")
done
stop_captures "${names[@]}"
for i in "${!filters[@]}"; do
	echo "filter: ${filters[$i]}"
	[ "${filters[$i]}" = 'ether proto 0x8100' ] || [ "$(packets_in "sys$i")" -gt 0 ] ||
		fail "no packet matches ${filters[$i]}: the test shows nothing"
	check --same "sys$i" "ours$i"
done
# The reference file has the tags in its bytes: this many of its packets are not TCP.
[ "$(packets_in filtered)" -eq 2500 ] ||
	fail "the group's filter accepted $(packets_in filtered) packets"
tcpdump -nn -e -r "$(pcap vlans)" 2>/dev/null >"$T/vlans.out"
! grep -E 'vlan (1[5-9]|2[0-9]),' "$T/vlans.out" | grep -v 'QinQ' ||
	fail "packets of a VLAN that is not in the list"
for id in 10 11 12 13 14; do
	grep -q "vlan $id," "$T/vlans.out" || fail "no packets of VLAN $id, which is in the list"
done
stop_engine
