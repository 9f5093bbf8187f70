# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# Functions for scripts about ingest = xdp. The host of a tapped device receives nothing, so
# the far end of the wire captures what was sent.

# begin_tap: set up a wire on which only the script sends
begin_tap()
{
	printf '[pfqd]\nsocket = %s\n[group demo]\ndevice = wire0\ningest = xdp\nmode = tap\n' \
		"$SOCKET" >"$T/engine.conf"
	"$PFQD" --check "$T/engine.conf" >"$T/built.log" 2>&1 ||
		skip "this pfqd is built without ingest xdp: $(cat "$T/built.log")"
	wire_up
}

# one_queue: use one queue, so that frames have one order
one_queue()
{
	need ethtool
	in_b ethtool -L wire1 tx 1
	in_a ethtool -L wire0 rx 1
}

# sent_reference NAME: capture what leaves the far end
sent_reference()
{
	background "$1" ip netns exec "$NS_B" \
		nice -n -10 tcpdump -n -i wire1 -Q out -B 65536 -U -w "$T/pcap/$1.pcap"
	DIRECTED+=("$1")
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

# tap_mode: print the mode in which the engine takes packets
tap_mode()
{
	ctl status --json | jq -r '.sources[] | select(.driver == "xdp") | .mode'
}
