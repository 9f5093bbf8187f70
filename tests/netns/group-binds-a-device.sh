#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# PFQ_GROUP is set, and the group has not bound the program's device. If the caller may bind it, it
# is bound and taken from the group. If not, it stays an ordinary device that works, and the program
# is warned.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/warned.sh"
begin
wire_up
need "$TOOLS/pfq-opens"
for i in 1 2 3; do
	wire_add spare$i peer$i
	ip -n "$NS_A" link set spare$i up
	ip -n "$NS_B" link set peer$i up
done
start_group demo steer=copy 'access=root:mail 0640'
chmod 666 "$SOCKET"
export PFQ_GROUP=demo

# root binds
silent wire0 in_a
silent spare1 in_a
capture taken spare1
wait_members demo 1
ctl_is groups '[.groups[0].devices[].name] | sort == ["spare1", "wire0"]' ||
	fail "the device is not bound: $(ctl groups --json)"
in_b "$TOOLS/pfq-frames" -i peer1 --one-way --packets 10 >/dev/null
drain
stats_add_up
stop_captures taken
[ "$(packets_in taken)" -eq 10 ] || fail "of the bound device: not 10 packets"

# another user may join, and may not bind
silent wire0 in_a "${SENSOR[@]}"
stays="PFQ_GROUP is set, but spare2 stays an ordinary device:"
warned spare2 "$stays group demo has not bound it, and only root may bind it" in_a "${SENSOR[@]}"
! ctl_is groups '.groups[0].devices[] | select(.name == "spare2")' || fail "it was bound"
background ordinary env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" "${SENSOR[@]}" \
	"$TCPDUMP" -n -i spare2 -w "$T/pcap/ordinary.pcap"
wait_for 10 "tcpdump -i spare2, see ordinary.err" grep -q 'listening on' "$T/ordinary.err"
has_members demo 0 || fail "it has joined the group"
in_b "$TOOLS/pfq-frames" -i peer2 --one-way --packets 10 >/dev/null
wait_for 10 "10 packets" has_captured ordinary 10
stop_captures ordinary
[ "$(packets_in ordinary)" -eq 10 ] || fail "the ordinary device does not work"
grep -q 'stays an ordinary device' "$T/ordinary.err" || fail "tcpdump does not print the warning"

# The device "any" is never taken. A variable that says 0 is obeyed without a warning.
warned any "PFQ_GROUP is set, but any stays an ordinary device" in_a
silent spare3 env PFQ_spare3=0 ip netns exec "$NS_A"

# Without the variables there is nothing to say.
unset PFQ_GROUP
silent spare3 in_a
stop_engine
