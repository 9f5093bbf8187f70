# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The traffic: flows over the wire at full rate, and few packets over a device that vanishes; part
# of soak.sh
GEN=$PFQ_BUILD/tools/gen/pfq-gen
SOAK_RATE=${SOAK_RATE:-1M}
PASSING_RATE=200
# packets that the kernel may hold when passing0 vanishes: those of 20 ms
# shellcheck disable=SC2034 # for ledger.sh
CUT_MAX=4
SENT=0		# packets that pfq-gen has made
DROPPED=0	# of these, those that its device dropped
PASSED=0	# packets sent to passing0, while this pfqd runs

# traffic_begin: skip if pfq-gen cannot send here; else count from now on
traffic_begin()
{
	[ -x "$GEN" ] || skip "pfq-gen is not built: configure found no libbpf"
	in_a ethtool -K wire0 gro on
	in_b "$GEN" -o wire1 -c 1 --peer "wire0@$NS_A" >"$T/gen.out" 2>"$T/gen.err" ||
		skip "no live frames: $(head -n 1 "$T/gen.err")"
	ARRIVED_BEFORE=0
	ARRIVED_BEFORE=$(arrived)
}

# Print the number of packets that have come to wire0.
arrived()
{
	echo $(($(in_a cat /sys/class/net/wire0/statistics/rx_packets) - ARRIVED_BEFORE))
}

wire_sends()
{
	background traffic ip netns exec "$NS_B" "$GEN" -o wire1 \
		--peer "wire0@$NS_A" --flows=5000 --random --for=3600 --rate="$SOAK_RATE" --json
}

# End the sender, and enter into the ledger what it has sent. It fails unless each packet arrived
# or was dropped by the device.
wire_pauses()
{
	local status=0

	[ -n "${PID[traffic]:-}" ] || return 0
	kill -TERM "${PID[traffic]}"
	ended traffic 20 || status=$?
	[ $status -eq 0 ] || fail "pfq-gen ended with status $status, see traffic.err"
	unset 'PID[traffic]'
	SENT=$((SENT + $(jq .sent "$T/traffic.out")))
	DROPPED=$((DROPPED + $(jq .dropped "$T/traffic.out")))
}

passing_is_there()
{
	in_a test -e /sys/class/net/passing0
}

passing_sends()
{
	background passing ip netns exec "$NS_A" \
		"$TOOLS/pfq-numbers" send passing1 $PASSING_RATE 3600 50 "$T/passing.sent"
}

# End the sender of passing1. It has failed if the device vanished.
passing_pauses()
{
	[ -n "${PID[passing]:-}" ] || return 0
	kill -INT "${PID[passing]}" 2>/dev/null || true
	ended passing 20 || true
	unset 'PID[passing]'
	# The file has 8 bytes for each packet.
	PASSED=$((PASSED + $(stat -c %s "$T/passing.sent") / 8))
}

traffic_goes_on()
{
	wire_sends
	! passing_is_there || passing_sends
}

traffic_pauses()
{
	wire_pauses
	passing_pauses
}
