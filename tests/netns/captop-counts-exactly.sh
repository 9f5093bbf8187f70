#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# With -c captop ends after exactly the given number of packets, with any number of threads.
# The file has the same number of packets.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/bench.sh"
begin
wire_up

written()
{
	local sum=0 file

	for file in "$T/pcap/$1".pcap*; do
		sum=$((sum + $("$TOOLS/pfq-check" --json "$file" | jq .packets)))
	done
	echo $sum
}

# captures NAME COUNT ARGUMENT...: capture COUNT packets while more arrive
captures()
{
	local name=$1 count=$2

	shift 2
	listen "$name" -w "$T/pcap/$name.pcap" -c "$count" "$@"
	inject -c 30000 -R --thread 2
	ended "$name" 10 || fail "$name: status $?"
	is "$name" .ended count
	is "$name" .all.packets "$count"
	is "$name" '[.threads[].packets] | add' "$count"
	[ "$(written "$name")" -eq "$count" ] || fail "$name wrote $(written "$name") of $count"
}

captures one 12345
captures single 1 --thread 3
captures copies 20001 --thread 3
captures fanout 20001 --thread 3 --fanout lb
is fanout 'all(.threads[]; .packets > 0)' true
captures next 777 --thread 3 --next
captures nonblock 7777 --thread 3 --nonblock

# Sending is exact too, in whatever order the threads run.
for count in 1 63 64 65 9999; do
	packets=$(kernel a rx_packets)
	inject -c $count --thread 3
	is inject .all.packets $count
	[ $(($(kernel a rx_packets) - packets)) -eq $count ] || fail "not $count on the wire"
done

# Each packet that libpcap received is counted, dropped or unread.
is one '.all.recv == .all.packets + .all.drop + .all.unread' true
