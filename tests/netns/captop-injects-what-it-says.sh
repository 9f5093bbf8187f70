#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# captop's report of sent frames is right: packets, bytes, lengths, flows and rate are those
# that arrive.
#
# Alone: it measures rates
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/bench.sh"
begin
wire_up

# sends LENGTH ARGUMENT...: send once, and compare with the counters of both ends
sends()
{
	local length=$1 packets bytes sent

	shift
	packets=$(kernel a rx_packets) bytes=$(kernel a rx_bytes) sent=$(kernel b tx_packets)
	inject -g "$length" "$@"
	packets=$(($(kernel a rx_packets) - packets)) bytes=$(($(kernel a rx_bytes) - bytes))
	sent=$(($(kernel b tx_packets) - sent))
	is inject .all.packets "$packets"
	is inject .all.packets "$sent"
	is inject .all.bytes "$bytes"
	is inject .all.bytes "$((packets * length))"
	is inject .all.refused 0
	is inject '.all.packets == ([.threads[].packets] | add)' true
}

sends 60 -c 20001
is inject .all.packets 20001
is inject .ended count
sends 60 -c 1 --thread 3
is inject .all.packets 1
sends 1514 -c 3001 --thread 2 -R
is inject .all.packets 3001
sends 700 --for 0.3
is inject .ended time

# A rate is kept: these frames take 2 s, and more on a busy machine.
sends 60 --rate 1k -c 2001 --thread 2
is inject '.all.seconds > 1.95 and .all.seconds < 3' true
sends 60 --rate 2.5k --for 2
is inject '.all.mpps > 0.0022 and .all.mpps < 0.00255' true

# Random flows are many; without -R there is one flow. All checksums are right.
reference random wire0
inject -c 2000 -R
hear random
reference same wire0
inject -c 2000
hear same
flows()
{
	tcpdump -nr "$(pcap "$1")" 2>/dev/null | awk '{ print $3 }' | sort -u | wc -l
}
[ "$(flows random)" -gt 1900 ] || fail "$(flows random) flows in 2000 random frames"
[ "$(flows same)" -eq 1 ] || fail "$(flows same) flows without -R"
[ "$(tcpdump -nvr "$(pcap random)" 2>/dev/null | grep -c '198\.18\.')" -eq 2000 ] ||
	fail "the capture has other frames"
! tcpdump -nvvr "$(pcap random)" 2>/dev/null | grep -m 1 -i 'bad' || fail "bad checksums"

# two devices at once
wire_add wire2 wire3
ip -n "$NS_A" link set wire2 up
ip -n "$NS_B" link set wire3 up
sleep 1
packets=$(kernel a rx_packets)
inject -o wire3 -c 5001 --thread 2
is inject .all.packets 5001
is inject '[.threads[].device] | join(" ")' "wire1 wire1 wire3 wire3"
[ "$(summary inject '[.threads[] | select(.device == "wire1").packets] | add')" -eq \
	$(($(kernel a rx_packets) - packets)) ] ||
		fail "the count of wire1 differs from the packets that arrived"
