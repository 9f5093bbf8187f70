#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A program is started with -i wire0, and a variable makes it join a group. A device that
# the group has not bound is bound, because the caller is root.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
wire_add spare0 spare1
ip -n "$NS_A" link set spare0 up
start_group demo steer=copy

# taken GROUP-OR-EMPTY DEVICE VARIABLE...: a tcpdump on DEVICE joins GROUP, or none
taken()
{
	local group=$1 device=$2 found

	shift 2
	background taken env "$@" LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" \
		"$TCPDUMP" -n -i "$device" -w "$T/pcap/taken.pcap"
	wait_for 5 "tcpdump -i $device with $*, see taken.err" grep -q 'listening on' "$T/taken.err"
	found=$(ctl endpoints --json | jq -r '[.endpoints[] | .group] | join(" ")')
	[ "$found" = "$group" ] ||
		fail "tcpdump -i $device with $*: in group \"$found\", not in \"$group\""
	if [ "$device" = wire0 ]; then
		frames b --kinds udp4 --packets 20
		wait_for 10 "20 packets" has_captured taken 20
	fi
	stop_captures taken
	if [ "$device" = wire0 ]; then
		[ "$(packets_in taken)" -eq 20 ] ||
			fail "tcpdump -i $device with $*: not 20 packets"
	fi
	wait_members demo 0
}

taken ""   wire0  NONE=1
taken demo wire0  PFQ_GROUP=demo
taken demo wire0  PFQ_GROUP=42
taken demo spare0 PFQ_GROUP=demo
taken demo wire0  PFQ_GROUP_wire0=demo
taken ""   wire0  PFQ_GROUP_spare0=demo
taken demo wire0  PCAP_GROUP=demo
taken demo wire0  PFQ_wire0=1 PFQ_GROUP=demo
taken ""   wire0  PFQ_wire0=0
taken demo wire0  PFQ_FORCE_ALL=1 PFQ_GROUP=demo

# bad_value VARIABLE VALUE: the error names both
bad_value()
{
	local text status=0

	text=$(in_a env "$1=$2" LD_LIBRARY_PATH="$T/lib" timeout $((10 * PATIENCE)) \
		"$TCPDUMP" -n -i wire0 -c 1 -w /dev/null 2>&1) || status=$?
	case $status:$text in
	1:*"$1"*"$2"*) ;;
	*) fail "$1=$2: status $status, text: $text" ;;
	esac
}
bad_value PFQ_FORCE_ALL perhaps
bad_value PFQ_GROUP nobody-made-this
bad_value PFQ_GROUP 65536
stop_engine
