# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# Makes two namespaces and a veth pair with one queue at each side; no other packets come on
# it.

NS_NEAR=pfq-bench-$$-near	# of the generator
NS_FAR=pfq-bench-$$-far		# of the consumers

in_near()
{
	ip netns exec "$NS_NEAR" "$@"
}

in_far()
{
	ip netns exec "$NS_FAR" "$@"
}

wire_namespace()
{
	ip netns add "$1" || skip "no network namespaces: \"ip netns add\" has failed"
	# A kernel without IPv6 sends nothing by itself.
	# shellcheck disable=SC2016 # the other shell's
	ip netns exec "$1" sh -c 'for f in all default; do
		f=/proc/sys/net/ipv6/conf/$f/disable_ipv6; [ ! -e $f ] || echo 1 >$f; done'
}

wire_begin()
{
	wire_namespace "$NS_NEAR"
	wire_namespace "$NS_FAR"
	ip link add near0 netns "$NS_NEAR" numrxqueues 1 numtxqueues 1 type veth \
		peer name far0 netns "$NS_FAR" numrxqueues 1 numtxqueues 1 2>"$T/wire.err" ||
		skip "this kernel makes no veth pairs: $(cat "$T/wire.err")"
	ip -n "$NS_NEAR" link set near0 arp off up
	ip -n "$NS_FAR" link set far0 arp off up
	wire_gro
	# Live frames need Linux 5.18 or newer.
	wire_send -c 64 || skip "no live frames: $(head -n 1 "$T/gen.err")"
}

# A veth device without GRO and without an XDP program does not poll, and drops live frames.
# When an XDP program is detached, GRO may be off.
wire_gro()
{
	in_far ethtool -K far0 gro on
}

wire_down()
{
	local ns

	for ns in "$NS_NEAR" "$NS_FAR"; do
		[ -e "/run/netns/$ns" ] || continue
		ip netns pids "$ns" | xargs -r kill -KILL
		ip netns del "$ns"
	done
}

# wire_send ARGUMENT...: run pfq-gen; its result goes to gen.json. On status 3 (packets
# unaccounted for) the record of the run says so.
wire_send()
{
	local status=0 far=--peer

	[ "$KIND" != sink ] || far=--sink
	in_near timeout 60 "$GEN" --json -o near0 "$far" "far0@$NS_FAR" --cpu "$GEN_CPU" "$@" \
		>"$T/gen.json" 2>"$T/gen.err" || status=$?
	[ $status -eq 0 ] || [ $status -eq 3 ]
}
