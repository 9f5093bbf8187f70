#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Programs whose handle has a warning capture all the same. Each one runs with a misspelt variable
# on an ordinary device, and must capture packets and print the warning. With PFQ_DEBUG=1 tshark
# works, too: the library prints nothing into the pipe between dumpcap and tshark.
. "$(dirname "$0")/lib.sh"
clients_begin
SOURCE=$PFQ_BUILD/libpcap-pfq/libpcap
WARNING='PFQ_GRUOP: there is no such variable; did you mean PFQ_GROUP? lo is captured'
TESTPROGS="capturetest selpolltest"
ran=0

need "${CC:-cc}"
for program in $TESTPROGS; do
	"${CC:-cc}" -w -I"$SOURCE" -DHAVE_CONFIG_H -o "$T/bin/$program" \
		"$SOURCE/testprogs/$program.c" "$T/lib/libpcap.so.0.8" -lpthread \
		>"$T/$program.log" 2>&1 ||
		fail "$program does not compile: $(cat "$T/$program.log")"
done

# Send on the loopback device without a pause.
send_on_lo()
{
	in_a bash -c 'while :; do
		for i in 1 2 3 4 5 6 7 8 9 10; do echo x >/dev/udp/127.0.0.1/9; done
		sleep 0.02
	done' 2>/dev/null
}
send_on_lo &

# start NAME VARIABLE=VALUE PROGRAM...: start it with this variable and our library
start()
{
	local name=$1

	shift
	background "$name" env LD_LIBRARY_PATH="$T/lib" HOME="$T" ip netns exec "$NS_A" env "$@"
}

# unprivileged PROGRAM: can LD_LIBRARY_PATH give it our library?
unprivileged()
{
	command -v "$1" >/dev/null && [ ! -u "$(command -v "$1")" ] &&
		[ -z "$(getcap "$(command -v "$1")" 2>/dev/null)" ]
}

# captures NAME FILE: wait for its end, and check its warning and its five packets
captures()
{
	local name=$1 packets

	ended "$name" 20 || fail "$name: $(cat "$T/$name.out" "$T/$name.err")"
	grep -qF -e "$WARNING" "$T/$name.err" || fail "$name: no warning: $(cat "$T/$name.err")"
	packets=$("$TOOLS/pfq-check" --json "$2" | jq .packets)
	[ "$packets" -eq 5 ] || fail "$name: $packets packets, not 5"
	ran=$((ran + 1))
}

# sees NAME WORDS: wait until it has printed WORDS and the warning, and end it
sees()
{
	local name=$1

	wait_for 20 "packets of $name, see $name.out" grep -qE -e "$2" "$T/$name.out"
	grep -qF -e "$WARNING" "$T/$name.err" || fail "$name: no warning: $(cat "$T/$name.err")"
	kill -TERM "${PID[$name]}"
	ended "$name" 10 || true
	ran=$((ran + 1))
}

start tcpdump PFQ_GRUOP=x "$TCPDUMP" -n -i lo -c 5 -w "$T/pcap/tcpdump.pcap"
captures tcpdump "$T/pcap/tcpdump.pcap"
for program in dumpcap tshark; do
	unprivileged $program ||
		{ echo "$program: not run, it is missing or has privileges of its own"; continue; }
	start $program PFQ_GRUOP=x $program -i lo -c 5 -w "$T/pcap/$program.pcapng"
	captures $program "$T/pcap/$program.pcapng"
done
start captop PFQ_GRUOP=x "$PFQ_BUILD/tools/captop/captop" -i lo -c 5 -w "$T/pcap/captop.pcap"
captures captop "$T/pcap/captop.pcap"
start capturetest PFQ_GRUOP=x stdbuf -o0 "$T/bin/capturetest" -b -s -i lo
sees capturetest '[1-9][0-9]* packets seen'
start selpolltest PFQ_GRUOP=x stdbuf -o0 "$T/bin/selpolltest" -s -i lo
sees selpolltest '[1-9][0-9]* packets counted after select'
echo "programs with a warning: $ran"

if unprivileged tshark; then
	# lo is left ordinary: only the lines that PFQ_DEBUG prints could disturb
	start debug PFQ_DEBUG=1 PFQ_lo=0 tshark -i lo -c 5 -T fields -e frame.number
	ended debug 20 || fail "tshark with PFQ_DEBUG=1: $(cat "$T/debug.err")"
	[ "$(tr '\n' ' ' <"$T/debug.out")" = "1 2 3 4 5 " ] ||
		fail "tshark with PFQ_DEBUG=1: $(cat "$T/debug.out" "$T/debug.err")"
	start debug-file PFQ_DEBUG="$T/debug.log" PFQ_lo=0 \
		tshark -i lo -c 5 -w "$T/pcap/debug.pcapng"
	ended debug-file 20 || fail "tshark with PFQ_DEBUG=FILE: $(cat "$T/debug-file.err")"
	grep -q 'lo stays an ordinary device: its variable says 0' "$T/debug.log" ||
		fail "nothing in the file: $(cat "$T/debug.log")"
fi
