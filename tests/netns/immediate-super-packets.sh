#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A member in immediate mode gets frames that offloads have joined whole, as a stock device shows
# them, and frames above 128 KiB as well. So it does after the MTU of the device was raised.
#
# Alone: a worker of a busy machine reads late, and then copies of joined frames do not fit
. "$(dirname "$0")/../lib.sh"
export WORKERS=1
begin
[ "$ENGINE" = user ] || skip "the kernel engine has no immediate mode"
wire_up
need ethtool
in_a ethtool -K wire0 tx on tso on gso on gro on sg on >/dev/null 2>&1
in_b ethtool -K wire1 tx on tso on gso on gro on sg on >/dev/null 2>&1

# transfer BYTES: send so many bytes in both directions by TCP
transfer()
{
	in_a timeout $((60 * PATIENCE)) "$TOOLS/pfq-traffic" client --server fd77::2 \
		--connections 2 --requests 1 --sizes "$1" --udp-flows 20 --parallel 2 \
		>"$T/traffic.out" || fail "transfers failed: $(cat "$T/traffic.out")"
}

# immediate NAME: capture the group in immediate mode
immediate()
{
	capture "$1" pfq@all --immediate-mode
	wait_for 5 "a ring for immediate mode" mode_is tpacket_v2
}

mode_is()
{
	[ "$(ctl status --json | jq -r '[.sources[].mode] | unique | join(" ")')" = "$1" ]
}

# has_long NAME BYTES: fail unless the capture has a longer frame
has_long()
{
	[ -n "$(tcpdump -n -r "$(pcap "$1")" -c 1 "greater $2" 2>/dev/null)" ] ||
		fail "no frame was longer than $2 bytes: this shows nothing"
}

# round NAME BYTES LONGEST: capture a transfer of BYTES, with a frame that is longer than LONGEST
round()
{
	reference "stock-$1" wire0
	immediate "$1"
	transfer "$2"
	drain
	stats_add_up
	nothing_lost
	stop_captures "$1" "stock-$1"
	has_long "stock-$1" "$3"
	check --reference "stock-$1" "$1"
}

start_server
start_engine <<'END'
[group all]
device = wire0
steer  = copy
ring   = 256M
END
round joined 3000000 20000

# the ring is made again, with longer slots; frames of the new MTU fit into them
ip -n "$NS_B" link set wire1 mtu 9000
ip -n "$NS_A" link set wire0 mtu 9000
wait_for 10 "longer slots" grep -q 'its frames may be longer than before' "$T/engine.err"
round jumbo 3000000 20000

# BIG TCP
if ip -n "$NS_B" link set wire1 gso_max_size 200000 gro_max_size 200000 2>/dev/null; then
	in_a sh -c 'echo 4096 16777216 33554432 >/proc/sys/net/ipv4/tcp_rmem'
	in_b sh -c 'echo 4096 16777216 33554432 >/proc/sys/net/ipv4/tcp_wmem'
	round big 30000000 131072
fi
stop_engine
