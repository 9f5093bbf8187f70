#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The frames that pfq-gen reports as sent have arrived. An XDP program at the far end, the
# counters of both ends, and captop agree, and flows, lengths and protocols are right.
#
# Alone: it measures rates
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/bench.sh"
begin
wire_up
need ethtool
needs_gen

# sends PACKETS BYTES ARGUMENT...: send, and compare pfq-gen's counts with these
sends()
{
	local packets=$1 bytes=$2 tx rx

	shift 2
	tx=$(kernel b tx_packets) rx=$(kernel a rx_packets)
	generate "$@"
	is gen .sent "$packets"
	is gen .received "$packets"
	is gen .bytes "$bytes"
	is gen '"\(.dropped) \(.failed) \(.unaccounted)"' "0 0 0"
	[ $(($(kernel b tx_packets) - tx)) -eq "$packets" ] ||
		fail "$*: wire1 sent another number of frames"
	[ $(($(kernel a rx_packets) - rx)) -eq "$packets" ] ||
		fail "$*: wire0 received another number of frames"
}

far=wire0@$NS_A
in_a ethtool -K wire0 gro on
sends 300007 18000420 -c 300007
sends 300007 18000420 -c 300007 --peer "$far"
sends 1000003 60000180 -c 1000003 --sink "$far"
sends 50000 75700000 -c 50000 -g 1514 --sink "$far" --batch 1
sends 24000 $((2000 * (7 * 60 + 4 * 590 + 1514))) -c 24000 -g imix --sink "$far"
sends 20000 1480000 -c 20000 -6 -P tcp --sink "$far" -R --cpu "$(first_cpu)"
ip -n "$NS_A" link property add dev wire0 altname the-far-end-by-a-long-name
sends 2000 120000 -c 2000 --sink "the-far-end-by-a-long-name@$NS_A"
sends 2000 120000 -c 2000 --rate 1k --pass "$far"
is gen '.seconds > 1.9 and .seconds < 3' true

# GRO is restored, and the program of --sink is gone.
[ "$(in_a ethtool -k wire0 | sed -n 's/^generic-receive-offload: //p')" = on ] ||
	fail "GRO was changed"
! ip -n "$NS_A" link show wire0 | grep -q xdp || fail "a program is left on wire0"

# heard NAME ARGUMENT...: captop and tcpdump get the frames that were sent
heard()
{
	local name=$1

	shift
	reference "$name" wire0
	listen "captop-$name"
	generate --pass "$far" "$@"
	hear "$name" "captop-$name"
	is "captop-$name" .all.packets "$(summary gen .sent)"
	is "captop-$name" .all.bytes "$(summary gen .bytes)"
	[ "$(packets_in "$name")" -eq "$(summary gen .sent)" ] ||
		fail "$name: tcpdump got another number of packets"
	! tcpdump -nvvr "$(pcap "$name")" 2>/dev/null | grep -m 1 -i 'bad' ||
		fail "$name: bad checksums"
}

# flow_sizes NAME: print how many packets a flow has, and how many flows have this number
flow_sizes()
{
	tcpdump -nr "$(pcap "$1")" 2>/dev/null | awk '{ n[$3]++ } END { for (f in n) m[n[f]]++
		for (k in m) print k, m[k] }' | sort -n | paste -sd,
}

heard flows -c 7000 --flows 700
[ "$(flow_sizes flows)" = "10 700" ] || fail "flows: $(flow_sizes flows)"
heard random -c 5000 --flows 10 -R -6
[ "$(tcpdump -nr "$(pcap random)" 2>/dev/null | awk '{ print $3 }' | sort -u | wc -l)" -eq 10 ] ||
	fail "not 10 random flows"
heard tcp -c 3000 --flows 3000 -P tcp -g 1000
[ "$(flow_sizes tcp)" = "1 3000" ] || fail "tcp: $(flow_sizes tcp)"
[ "$(tcpdump -nr "$(pcap tcp)" 'tcp and len = 1000' 2>/dev/null | wc -l)" -eq 3000 ] ||
	fail "no TCP segment came"
heard imix -c 1200 -g imix
[ "$(tcpdump -enr "$(pcap imix)" 2>/dev/null | sed 's/.*, length \([0-9]*\): .*/\1/' | sort -n |
	uniq -c | awk '{ print $2, $1 }' | paste -sd,)" = "60 700,590 400,1514 100" ] ||
		fail "the lengths are not those of imix"
