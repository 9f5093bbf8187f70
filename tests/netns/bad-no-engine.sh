#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Without an engine, a program's error says which service to start. Other devices still
# work.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
application_refused pfq@demo "$SOCKET" pfqd
application_refused pfq:wire0 "$SOCKET" pfqd
# A server that accepts connections but never answers blocks a program only for a short
# time.
background mute "$PFQ_BUILD/tests/tools/pfq-mute" "$SOCKET"
wait_for 5 "the mute server" test -S "$SOCKET"
start=$SECONDS
application_refused pfq@demo "$SOCKET"
[ $((SECONDS - start)) -le $((3 * PATIENCE)) ] ||
	fail "an engine that does not answer blocked tcpdump for $((SECONDS - start)) s"
start=$SECONDS
in_a env LD_LIBRARY_PATH="$T/lib" timeout 20 "$TCPDUMP" -D >"$T/list.out" ||
	fail "tcpdump -D failed"
[ $((SECONDS - start)) -le $((3 * PATIENCE)) ] ||
	fail "an engine that does not answer blocked tcpdump -D"
in_a tcpdump -D >"$T/list.system"
cmp "$T/list.out" "$T/list.system" || fail "tcpdump -D lists other devices than the system's"
background ordinary env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" "$TCPDUMP" -n -i wire0 \
	-w "$T/pcap/ordinary.pcap"
wait_for 5 "an ordinary capture" grep -q 'listening on' "$T/ordinary.err"
frames b --kinds udp4 --packets 20
wait_for 10 "20 packets" has_captured ordinary 20
stop_captures ordinary
[ "$(packets_in ordinary)" -eq 20 ] || fail "an ordinary device lost packets"
