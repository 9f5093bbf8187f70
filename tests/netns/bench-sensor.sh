#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# bench-sensor finds the flows, searches each payload byte once, and with --enough discards exactly
# the packets of a flow beyond so many bytes. Its traffic has the share of elephants that was asked
# for. Wrong command lines are refused.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/bench.sh"
PREPARE=engine_begin
begin
SENSOR=$PFQ_BUILD/bench/bench-sensor
need "$SENSOR"
wire_up

# sensing NAME ARGUMENT...: start bench-sensor on group "share", with our libpcap
sensing()
{
	local name=$1

	shift
	background "$name" ip netns exec "$NS_A" env LD_LIBRARY_PATH="$T/lib" "$SENSOR" \
		-i pfq@share "$@"
	wait_for 10 "bench-sensor $name, see $name.err" has_text "$T/$name.err" 'listening on'
}

# sensed NAME EXPRESSION...: end it; these are true of its result
sensed()
{
	local name=$1

	shift
	kill -TERM "${PID[$name]}"
	ended "$name" 10 || fail "$name: status $?: $(cat "$T/$name.err")"
	tail -n 1 "$T/$name.out" >"$T/stats.json"
	stat_is '.type == "sensor" and .drop == 0 and .cpu_ns > 0 and .span >= 0' "$@"
}

# 5 of 100 flows have 90 % of the bytes, to one frame.
"$TOOLS/pfq-frames" -w "$(pcap few)" --flows 100 --elephants 5:90:1400 --size 300 \
	--packets 3000 >"$T/few.out"
tcpdump -nnr "$(pcap few)" 2>/dev/null | awk '
	match($0, /10\.78\.0\.[0-9]+/) {
		name = substr($0, RSTART, RLENGTH)
		bytes[name] += $NF + 42
		all += $NF + 42
	}
	END {
		for (name in bytes) {
			flows++
			if (bytes[name] > all / 20) {
				few++
				heavy += bytes[name]
			}
		}
		share = heavy / all
		printf "%d flows, %d with %.4f of %d bytes\n", flows, few, share, all
		exit !(flows == 100 && few == 5 && share > 0.9 && share < 0.9 + 1442 / all)
	}' >"$T/share" || fail "the capture has $(cat "$T/share")"
! "$TOOLS/pfq-frames" -w /dev/null --flows 5 --elephants 5:90:1400 2>"$T/refused" &&
	grep -q 'more --flows than elephants' "$T/refused" || fail "it says: $(cat "$T/refused")"

# Payloads of UDP and TCP are 300 bytes; IPv6 has no flow here, and the IPv6 header is searched.
start_group share "steer = copy" "direction = in"
sensing all
sensing some --enough 20K
sensing one -f 'udp and ip'
wait_members share 3
frames b --kinds udp4,tcp4 --flows 10 --size 300 --packets 4000 --rate 20000
frames b --kinds udp6 --flows 10 --size 300 --packets 500 --rate 20000
# A shell sends three datagrams; two of them have a pattern.
for text in 'GET /etc/passwd' 'GET /etc/passwor' 'a <script>cmd.exe'; do
	in_b bash -c "printf '%s' '$text' >/dev/udp/10.77.0.1/7"
done
drain
sensed all '.packets == 4503 and .searched == 4503 and .discarded == 0 and .flows == 23' \
	".searched_bytes == 4000 * 300 + 500 * 348 + 48" '.matches == 3'
# Each flow of UDP has 342 bytes a packet: 59 of them are at most 20 KiB; TCP has 354, and 57.
sensed some '.packets == 4503 and .searched == 10 * (59 + 57) + 503' \
	'.discarded == 4503 - .searched' '.matches == 3'
sensed one '.packets == 2003 and .flows == 13'
stop_engine

refused_line 'give -i DEV' -- "$SENSOR"
refused_line '"word"' 'options only' -- "$SENSOR" -i lo word
refused_line --enough '"0"' '1 to 1024G' -- "$SENSOR" -i lo --enough 0
refused_line --timeout '"x"' '0 to 60000 milliseconds' -- "$SENSOR" -i lo --timeout x
export STATUS=1
refused_line --interface '"nothing0"' -- "$SENSOR" -i nothing0
refused_line --filter '"no such"' -- in_a "$SENSOR" -i wire0 -f 'no such'
