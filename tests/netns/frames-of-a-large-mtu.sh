#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The MTU of a device is raised while a group uses it: frames up to the largest snapshot
# length stay whole. (The buffer of stock libpcap is 134 bytes too short for that.)
. "$(dirname "$0")/../lib.sh"
begin
CAPTOP=$PFQ_BUILD/tools/captop/captop
need "$CAPTOP"
wire_side "$NS_A"
sizes=(100 65000 130900 131000 131072 131073 200000 262144)

mtu()
{
	ip -n "$NS_A" link set lo mtu "$1" || skip "lo takes no MTU of $1"
}

# le32 NUMBER...: print in the format of a capture file
le32()
{
	local n

	for n; do
		# shellcheck disable=SC2059 # it makes the format
		printf "$(printf '\\%03o' $((n & 255)) $((n >> 8 & 255)) $((n >> 16 & 255)) \
			$((n >> 24 & 255)))"
	done
}

# capture_file: one frame of each size, of a protocol that no host answers
capture_file()
{
	local size

	le32 $((0xa1b2c3d4)) $((0x00040002)) 0 0 262144 1
	for size in "${sizes[@]}"; do
		le32 1 0 "$size" "$size"
		printf '\2\0\0\0\0\1\2\0\0\0\0\2\210\265'
		head -c $((size - 14)) /dev/urandom
	done
}

capture_file >"$T/pcap/sent.pcap"
mtu 65536
start_engine <<END
[group demo]
id     = 42
device = lo
steer  = copy
END
mtu 300000
# The user engine opens the device again.
sleep 1
wait_for 10 "the device" engine_is_up
capture demo pfq@demo
wait_members demo 1
if ! in_a timeout $((20 * PATIENCE)) "$CAPTOP" -o lo -r "$T/pcap/sent.pcap" --rate 20 \
	>"$T/captop.out" 2>&1; then
	! grep -q 'Message too long' "$T/captop.out" ||
		skip "a packet socket of this kernel sends no such frames:" \
			"$(tail -n 1 "$T/captop.out")"
	fail "not sent: $(cat "$T/captop.out")"
fi
drain
stop_captures demo
check --same sent demo
[ "$(packets_in demo)" -eq ${#sizes[@]} ] || fail "not all of ${sizes[*]}: $(packets_in demo)"
stats_add_up
nothing_lost
stop_engine
