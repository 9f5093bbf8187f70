# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The two namespaces NS_A and NS_B, and the wire between them

in_a()
{
	ip netns exec "$NS_A" "$@"
}

in_b()
{
	ip netns exec "$NS_B" "$@"
}

# Make a namespace, unless it is there. Its devices send nothing by themselves: no address
# detection, no advertisements, no link-local addresses.
wire_side()
{
	local ns=$1 key

	[ -e "/run/netns/$ns" ] || ip netns add "$ns"
	ip -n "$ns" link set lo up
	for key in accept_dad=0 accept_ra=0 autoconf=0 router_solicitations=0 addr_gen_mode=1; do
		ip netns exec "$ns" sh -c \
			"echo ${key#*=} >/proc/sys/net/ipv6/conf/default/${key%=*}" 2>/dev/null || true
	done
}

# wire_end NS DEVICE NUMBER PEER: configure one end with both ends' addresses
wire_end()
{
	local other_mac=02:70:66:71:00:0$4

	# Without neighbour discovery a device sends nothing by itself.
	ip -n "$1" link set "$2" address "02:70:66:71:00:0$3" arp off
	if command -v ethtool >/dev/null; then
		# Send frames as a real wire carries them: not joined, and with checksums.
		ip netns exec "$1" ethtool -K "$2" tx off tso off gso off gro off >/dev/null 2>&1 || true
	fi
	ip -n "$1" link set "$2" up
	ip -n "$1" address add "10.77.0.$3/24" dev "$2"
	ip -n "$1" address add "fd77::$3/64" dev "$2" nodad
	ip -n "$1" neighbour replace "10.77.0.$4" lladdr "$other_mac" dev "$2" nud permanent
	ip -n "$1" neighbour replace "fd77::$4" lladdr "$other_mac" dev "$2" nud permanent
}

# wire_add A B: make another pair of devices between the namespaces
wire_add()
{
	ip link add "$1" netns "$NS_A" numrxqueues 4 numtxqueues 4 type veth \
		peer name "$2" netns "$NS_B" numrxqueues 4 numtxqueues 4
}

wire_up()
{
	wire_side "$NS_A"
	wire_side "$NS_B"
	wire_add wire0 wire1 || skip "this kernel has no veth devices"
	wire_end "$NS_A" wire0 1 2
	wire_end "$NS_B" wire1 2 1
}

# promiscuity [DEVICE [NS]]: print how many have asked for promiscuous mode on DEVICE (wire0) in NS
# (NS_A)
promiscuity()
{
	ip -n "${2:-$NS_A}" -d link show "${1:-wire0}" | sed -n 's/.*promiscuity \([0-9]*\).*/\1/p'
}
