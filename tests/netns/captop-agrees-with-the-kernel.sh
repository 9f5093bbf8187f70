#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# On a stock device captop counts the same packets as tcpdump and the kernel, with each way
# of reading. The threads of a fan-out share the packets.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/bench.sh"
begin
wire_up

packets=$(kernel a rx_packets) bytes=$(kernel a rx_bytes)
listen dispatch
listen next --next
listen nonblock --nonblock
listen immediate --immediate
listen two --thread 2
listen fanout --thread 3 --fanout hash
listen filtered tcp and greater 600
reference tcpdump wire0
inject -c 70003 -R
inject -c 5000 -g 1514
frames b --kinds udp4,tcp6,vlan,arp,junk --packets 500 --size 700
packets=$(($(kernel a rx_packets) - packets)) bytes=$(($(kernel a rx_bytes) - bytes))
[ "$packets" -ge 75503 ] || fail "only $packets packets on the wire"
hear dispatch next nonblock immediate two fanout filtered tcpdump

dumped=$(sed -n 's/^\([0-9]*\) packets received by filter$/\1/p' "$T/tcpdump.err")
[ "$dumped" = "$packets" ] || fail "tcpdump received $dumped of $packets"
[ "$(packets_in tcpdump)" = "$packets" ] || fail "tcpdump wrote $(packets_in tcpdump) of $packets"
for name in dispatch next nonblock immediate fanout; do
	is $name .all.packets "$packets"
	is $name .all.recv "$packets"
done
for name in dispatch next nonblock immediate two fanout filtered; do
	is $name .ended signal
	is $name '.all | "\(.drop) \(.ifdrop) \(.unread)"' "0 0 0"
	is $name '.all.packets == ([.threads[].packets] | add)' true
	is $name '.all.bytes == ([.threads[].bytes] | add)' true
done
# bytes are the lengths of whole frames, tags included.
is dispatch .all.bytes "$bytes"
is fanout .all.bytes "$bytes"
# Without a fan-out each thread gets all packets.
is two '[.threads[].packets] | join(" ")' "$packets $packets"
# With a fan-out the flows are spread over the threads.
is fanout 'all(.threads[]; .packets > 0)' true
narrow tcp tcpdump 'tcp and greater 600'
is filtered .all.packets "$(packets_in tcp)"
