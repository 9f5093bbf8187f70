#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# ingest = xdp: the engine waits for an absent device and binds it when it appears. It does
# so again after the device was removed. The member stays.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/tap.sh"
begin
begin_tap
engine_configure <<END
[group demo]
id     = 42
device = wire0, late0
ingest = xdp
mode   = tap
steer  = flow
END
launch_engine
wait_for 20 "the engine, see engine.err" ctl_is groups '.groups | length == 1'

late_is()
{
	ctl groups --json |
		jq -e --arg s "$1" '.groups[0].devices[] | select(.name == "late0") | .state == $s'
}

late_comes()
{
	wire_add late0 late1
	ip -n "$NS_B" link set late1 up
	ip -n "$NS_A" link set late0 up
	wait_for 5 "late0 to be up" late_is up
}

send_late()
{
	in_b "$TOOLS/pfq-frames" -i late1 --kinds udp4,tcp6 --packets 100 --seed "$1" >/dev/null
	drain
}

wait_for 5 "late0 to be named as absent, see engine.err" late_is absent
capture demo pfq@demo
wait_members demo 1
frames b --kinds udp4 --packets 100
drain
late_comes
send_late 2
ip -n "$NS_A" link del late0
wait_for 5 "late0 to be absent again" late_is absent
frames b --kinds udp4 --packets 100 --seed 3
drain
late_comes
send_late 4
ip -n "$NS_A" link set late0 down
wait_for 5 "late0 to be down" late_is down
ip -n "$NS_A" link set late0 up
wait_for 5 "late0 to be up after it was down" late_is up
send_late 5
stats_add_up all
stop_captures demo
seen=$(tcpdump -nn -r "$(pcap demo)" 'net 10.78.0.0/16 or net fd00::/16' 2>/dev/null | wc -l)
[ "$seen" -eq 500 ] || fail "$seen of 500 frames were captured"
stop_engine
