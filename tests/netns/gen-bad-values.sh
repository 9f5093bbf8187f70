#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfq-gen refuses wrong values and says why. A signal ends it with its result. Frames that
# no receiver took do not count as sent.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/bench.sh"
begin
wire_up
need ethtool
needs_gen

refused_line -o 'give -o DEV' -- "$GEN"
refused_line '"word"' 'options only' -- "$GEN" -o lo word
refused_line --genlen '"59"' '60 to 1514, and imix' -- "$GEN" -o lo -g 59
refused_line --genlen '"60"' 'take 74' -- "$GEN" -o lo -g 60 -6 -P tcp
refused_line --flows '"0"' '1 to 16777216' -- "$GEN" -o lo --flows 0
refused_line --protocol '"sctp"' 'udp and tcp' -- "$GEN" -o lo -P sctp
refused_line --to '"02:00"' Ethernet -- "$GEN" -o lo --to 02:00
refused_line --batch '"257"' '1 to 256' -- "$GEN" -o lo --batch 257
refused_line --rate '"1.2.3"' '1 to 1G' -- "$GEN" -o lo --rate 1.2.3
refused_line --cpu '"100000"' CPUs -- "$GEN" -o lo --cpu 100000
refused_line --ipv4 --ipv6 exclude -- "$GEN" -o lo -4 -6
refused_line --sink --peer exclude -- "$GEN" -o lo --sink lo --peer lo
refused_line --loop --count exclude -- "$GEN" -o lo --pcap x --loop 2 -c 3
refused_line --flows pcap -- "$GEN" -o lo --pcap x --flows 3
refused_line --loop 'made frames' -- "$GEN" -o lo --loop 3

export STATUS=1
refused_line --output '"nothing0"' 'No such device' -- "$GEN" -o nothing0 -c 1
long=$(printf '%0128d' 0)
refused_line --output "\"$long\"" '1 to 127' -- "$GEN" -o "$long" -c 1
refused_line --sink '"wire0@nothing"' 'No such file' -- in_b "$GEN" -o wire1 \
	--sink wire0@nothing -c 1
refused_line --sink '"nothing0@' 'No such device' -- in_b "$GEN" -o wire1 \
	--sink "nothing0@$NS_A" -c 1

# A second program on the device is refused, and the first stays.
background first ip netns exec "$NS_B" "$GEN" --json -o wire1 --rate 1k --sink "wire0@$NS_A"
wait_for 5 "the sink" sh -c "ip -n $NS_A link show wire0 | grep -q xdp"
refused_line --sink 'another XDP program' -- in_b "$GEN" -o wire1 --sink "wire0@$NS_A" -c 1
kill -INT "${PID[first]}"
ended first 3 || fail "SIGINT: status $?"
is first .ended signal
is first '.sent == .received and .sent > 0' true

# A result that cannot be written is an error.
for arguments in --json --ipv4; do
	status=0
	in_b "$GEN" $arguments -o wire1 -c 100 --sink "wire0@$NS_A" >/dev/full 2>"$T/full.err" ||
		status=$?
	[ $status -eq 1 ] || fail "$arguments into a full disk: status $status"
	grep -q 'standard output: No space left' "$T/full.err" ||
		fail "$arguments: $(cat "$T/full.err")"
done

# Frames for which the far end has no room are reported as dropped.
in_a ethtool -K wire0 gro on
generate -c 200000 --batch 256 --peer "wire0@$NS_A"
is gen '.sent == .received + .dropped' true

# The far end does not poll, or is down: no frame is sent, and this is an error.
in_a ethtool -K wire0 gro off
refused_line '"wire1"' 'carried none of' GRO -- in_b "$GEN" -o wire1 -c 1000
in_a ethtool -K wire0 gro on
ip -n "$NS_A" link set wire0 down
refused_line '"wire1"' 'carried none of' -- in_b "$GEN" -o wire1 -c 1000
ip -n "$NS_A" link set wire0 up

