#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The file calls a device by another of its names: the device is not opened again, so that no packet
# is lost, also if another group has it under the old name. When the device goes, the group waits
# for the name that the file has now.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
ip -n "$NS_A" link property add dev wire0 altname uplink || skip "no alternative names here"

# groups NAME: print the groups, where demo calls the device so
groups()
{
	printf '[group demo]\nid = 42\nsteer = copy\ndevice = %s\n' "$1"
	printf '[group still]\nid = 1\ndevice = wire0\nsteer = copy\n'
}

# demo_is STATE NAME WRITTEN: check the device of group demo
demo_is()
{
	# shellcheck disable=SC2016 # variables of jq
	ctl_is groups --arg s "$1" --arg n "$2" --arg w "$3" '.groups[] |
		select(.name == "demo") | .devices[0] | .state == $s and .name == $n and
		(if .written == "" then .name else .written end) == $w'
}

start_engine < <(groups wire0)
for name in demo still; do
	capture $name pfq@$name
	wait_members $name 1
done
background sender ip netns exec "$NS_B" "$TOOLS/pfq-frames" -i wire1 --kinds udp4,tcp4 \
	--packets 8000 --rate 2000
for i in 1 2 3 4; do
	hang_up < <(groups uplink)
	demo_is up wire0 uplink || fail "$i: $(ctl groups --json)"
	hang_up < <(groups wire0)
	demo_is up wire0 wire0 || fail "$i: $(ctl groups --json)"
done
! ctl bind demo uplink >"$T/bind.log" 2>&1 || fail "a device is bound by two names"
ended sender 60
drain
stats_add_up all
ctl_is status '.sources | length == 1' || fail "the device is open twice: $(ctl status)"
stop_captures demo still
for name in demo still; do
	[ "$(packets_in $name)" -eq 8000 ] || fail "$name has $(packets_in $name) packets of 8000"
done

hang_up < <(groups uplink)
ip -n "$NS_A" link del wire0
wait_for 10 "group demo to wait for uplink: $(ctl groups --json)" demo_is absent uplink uplink
wire_add other0 other1
ip -n "$NS_A" link property add dev other0 altname uplink
ip -n "$NS_A" link set other0 up
wait_for 10 "group demo to have the next uplink" demo_is up other0 uplink
ctl_is groups '.groups[] | select(.name == "still") | .devices[0].state == "absent"' ||
	fail "group still has a device: $(ctl groups --json)"
stop_engine
