#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The host routes packets from one device to another, and a group has both: each packet comes twice,
# the second time with other MAC addresses, TTL and checksum. At most 0.02 % of the copies are
# missed, and no other packet is taken for one. An exact comparison of the captures says so.
#
# The generator sends PFQ_RATE packets a second (20000), so the group gets twice as many, for 2
# seconds. If something is lost at this rate, the script halves it until nothing is. The table has
# the default size, of which a quarter may come within 2 ms.
#
# Alone: it sends at a high rate, and must not lose a packet
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/bench.sh"
# shellcheck disable=SC2034 # begin() uses it
PREPARE=engine_begin
begin
need ethtool
SIZE=65536
wire_up
wire_add port0 port1
needs_gen

# The router: wire0 to port0. A packet's MAC addresses are port0's afterwards.
in_a sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
	net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.wire0.rp_filter=0
ip -n "$NS_A" address flush dev wire0
ip -n "$NS_A" link set port0 arp off up
ip -n "$NS_B" link set port1 arp off up
ip -n "$NS_A" route add 10.64.0.0/10 dev port0
ip -n "$NS_A" route add fd00::/16 dev port0

# send: send at $rate packets a second; the members' captures are d0 and d1
send()
{
	packets=$((2 * rate))
	"$TOOLS/pfq-frames" --kinds udp4,udp6,tcp4 --size 18 --flows 1000 --to 02:70:66:71:00:01 \
		--packets $packets -w "$(pcap sent)" >"$T/frames.out"
	# The kernel itself sends reports of multicast groups.
	start_engine <<-END
		[group demo]
		device = wire0, port0
		filter = udp or tcp
		ring   = $((packets / 4000 + 16))M
		lang   = when (is_dup 2ms size=$SIZE) (count copies >-> drop) \
			>-> count first >-> steer_flow
	END
	start_members demo d 2
	generate --pcap "$(pcap sent)" --rate "$rate" --pass "wire0@$NS_A"
	wait_for 60 "the members to read their packets" nothing_unread
	drain
	stats_add_up all
	stop_captures d0 d1
	stop_engine
	"$TOOLS/pfq-copies" 2000 "$(pcap sent)" "$(pcap d0)" "$(pcap d1)" >"$T/copies"
}

# complete: has nothing been lost on the way, and was the table large enough? A sender that was
# stopped for some time makes up for it.
complete()
{
	[ "$(summary gen '"\(.sent) \(.dropped) \(.unaccounted)"')" = "$packets 0 0" ] &&
		jq -e "(.groups[0].counters | .recv - .drop_filter == 2 * $packets) and
			all(.endpoints[]; .counters.drop_ring_full == 0)" "$T/stats.json" &&
		jq -e "2 * .most <= $SIZE / 4" "$T/copies"
}

rate=${PFQ_RATE:-20000}
send
until complete >"$T/complete"; do
	say "$rate packets a second: too many. pfq-gen: $(cat "$T/gen.out"), received:" \
		"$(jq -c '[.groups[].counters.recv]' "$T/stats.json"), $(cat "$T/copies")"
	rate=$((rate / 2))
	[ $rate -ge 1000 ] || fail "packets are lost at each rate"
	send
done
say "$((2 * rate)) packets a second at two ports: $(cat "$T/copies")"
jq -e ".sent == $packets and .once == .sent and .lacking == 0 and .alien == 0 and
	.missed <= .sent * 0.0002 and .late <= .sent * 0.001" "$T/copies" >"$T/right" ||
	fail "not each packet once: $(cat "$T/copies")"
# The program has counted the same.
further=$(jq '.missed + .late' "$T/copies")
stat_is ".groups[0].counters | .steered == $((packets + further)) and
	.drop_program == $((packets - further))"
