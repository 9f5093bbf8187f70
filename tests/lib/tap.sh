# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# For scripts about ingest = xdp: the far end of the wire says what was sent, as the host
# of a tapped device sees nothing.

# begin_tap: the wire, silent but for what a script sends
begin_tap()
{
	printf '[pfqd]\nsocket = %s\n[group demo]\ndevice = wire0\ningest = xdp\nmode = tap\n' \
		"$SOCKET" >"$T/engine.conf"
	"$PFQD" --check "$T/engine.conf" >"$T/built.log" 2>&1 ||
		skip "this pfqd is built without ingest xdp: $(cat "$T/built.log")"
	wire_up
}

# one_queue: what is sent has one order
one_queue()
{
	need ethtool
	in_b ethtool -L wire1 tx 1
	in_a ethtool -L wire0 rx 1
}

# sent_reference NAME: what leaves the far end
sent_reference()
{
	background "$1" ip netns exec "$NS_B" \
		nice -n -10 tcpdump -n -i wire1 -Q out -B 65536 -U -w "$T/pcap/$1.pcap"
	wait_for 10 "capture $1, see $1.err" grep -q 'listening on' "$T/$1.err"
}

is_tapped()
{
	ip -n "$NS_A" link show wire0 | grep -q xdp
}

is_untapped()
{
	! is_tapped
}

# tap_mode: how it takes packets
tap_mode()
{
	ctl status --json | jq -r '.sources[] | select(.driver == "xdp") | .mode'
}
