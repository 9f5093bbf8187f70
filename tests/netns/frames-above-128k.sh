#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Frames above 128 KiB (BIG TCP) arrive whole, as on a stock device. If the device has not
# announced such frames, the engine may cut the first ones. It counts them and logs this
# once; later frames are whole.
. "$(dirname "$0")/../lib.sh"
# One worker, so that the receive ring is not divided. With two, 64 blocks each, a ring is
# full if a busy machine is 64 ms late.
export WORKERS=1
begin
wire_up

# big: let the far end send frames of up to 200,000 bytes; this end does not announce them
big()
{
	if command -v ethtool >/dev/null; then
		in_a ethtool -K wire0 tx on tso on gso on gro on sg on >/dev/null 2>&1
		in_b ethtool -K wire1 tx on tso on gso on gro on sg on >/dev/null 2>&1
	fi
	ip -n "$NS_B" link set wire1 gso_max_size 200000 gro_max_size 200000 2>/dev/null ||
		skip "this kernel, or ip, knows no gso_max_size"
	in_a sh -c 'echo 4096 16777216 33554432 >/proc/sys/net/ipv4/tcp_rmem'
	in_b sh -c 'echo 4096 16777216 33554432 >/proc/sys/net/ipv4/tcp_wmem'
}

# transfer_until COMMAND...: repeat the transfer until COMMAND succeeds. TCP chooses the
# sizes of the segments, so not every transfer has large ones.
transfer_until()
{
	local tries=0

	until transfer && "$@"; do
		[ $((tries += 1)) -lt 8 ] ||
			fail "no frame was longer than 128 KiB: this shows nothing"
		sleep 0.2
	done
}

transfer()
{
	in_a timeout $((60 * PATIENCE)) "$TOOLS/pfq-traffic" client --server fd77::2 \
		--connections 2 \
		--requests 1 --sizes 30000000 --udp-flows 0 --parallel 1 >"$T/traffic.out" ||
		fail "transfers failed: $(cat "$T/traffic.out")"
}

# has_long NAME: does the capture have packets above 128 KiB?
has_long()
{
	[ -n "$(tcpdump -n -r "$(pcap "$1")" -c 1 'greater 131072' 2>/dev/null)" ]
}

cut_buffer()
{
	ctl stats --json | jq '[.status.sources[].counters.cut_buffer] | add'
}

has_cut()
{
	[ "$(cut_buffer)" -gt 0 ]
}

big
start_server
groups="[group all]
id     = 1
device = wire0
steer  = copy
ring   = 256M"

# Only the far end allows such frames.
start_engine <<<"$groups"
if [ "$ENGINE" = user ]; then
	capture first pfq@all
	wait_members all 1
	transfer_until has_cut
	drain
	stop_captures first
	[ "$(grep -c 'cut_buffer' "$T/engine.err")" -eq 1 ] ||
		fail "the log does not have it exactly once: $(cat "$T/engine.err")"
fi
before=$(cut_buffer)
reference stock1 wire0
capture second pfq@all
wait_members all 1
transfer_until has_long stock1
drain
stop_captures second stock1
check --reference stock1 second
[ "$(cut_buffer)" -eq "$before" ] || fail "the engine still cuts frames"
stop_engine

# The device itself allows such frames: the first one is whole already.
ip -n "$NS_A" link set wire0 gso_max_size 200000 gro_max_size 200000
start_engine <<<"$groups"
reference stock2 wire0
capture third pfq@all
wait_members all 1
transfer_until has_long stock2
drain
stop_captures third stock2
check --reference stock2 third
stats_add_up
stat_is 'all(.status.sources[]; .counters.cut_buffer == 0)'
stop_engine
