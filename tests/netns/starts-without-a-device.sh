#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfqd starts although it cannot use a device that a running pfqd would go on without: a device with
# fewer queues than before, a second name of a device, two link types in one group, a filter that
# does not fit the device, and a tap of a device that another group has under another name. The log
# and the status say what is not used; all else is captured; a reload of another group works.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/hints.sh"
begin
need ethtool "$TOOLS/pfq-tun"
[ -e /dev/net/tun ] || modprobe -q tun || skip "this kernel has no tun devices"
wire_up
wire_add spare0 spare1
for name in spare0 spare1; do
	ip -n "$NS_A" link set "$name" up 2>/dev/null || ip -n "$NS_B" link set "$name" up
done

# groups FILTER: print the groups
groups()
{
	cat <<-END
	[group good]
	device = wire0
	steer = copy
	filter = $1
	[group names]
	device = spare0, second0
	[group queue]
	device = wire0/3
	steer = copy
	[group tap]
	device = third0
	ingest = xdp
	mode = tap
	[group tun]
	device = tun519
	filter = ether host 1:2:3:4:5:6
	[group types]
	device = wire0, tun519
	steer = copy
	END
}

# unused GROUP INDEX WORD...: is this device of the group not used, and does the status say why?
unused()
{
	# shellcheck disable=SC2016 # variables of jq
	ctl_is groups --arg g "$1" --argjson i "$2" --arg why "$3" '.groups[] |
		select(.name == $g) | .devices[$i] |
		.state == "unused" and (.why | contains($why))'
}

# all_unused: is all that cannot be used now not used?
all_unused()
{
	unused queue 0 "has no queue 3: it has 2 receive queues" &&
		unused names 1 "the group has this device already, as spare0" &&
		unused tap 0 "it cannot be tapped" &&
		unused tun 0 "ethernet addresses supported only on" &&
		unused types 1 "its link type is raw IP"
}

start_engine < <(printf '[group good]\ndevice = wire0\n[group queue]\ndevice = wire0/3\n')
background tun ip netns exec "$NS_A" "$TOOLS/pfq-tun" 519
wait_for 5 "a raw device, see tun.err" grep -q ready "$T/tun.out"
in_a ethtool -L wire0 rx 2
ip -n "$NS_A" link property add dev spare0 altname second0 altname third0 ||
	skip "no alternative names here"
crash_engine

engine_configure < <(groups udp)
launch_engine
wait_for 20 "the engine with what it can use: $(ctl groups --json 2>&1)" all_unused
hinted device-unused "group queue does not use wire0: device wire0 has no queue 3"
for word in "has no queue 3" "names: spare0 (written second0) is not used" "cannot be tapped" \
	"types: tun519 is not used" "tun: tun519 is not used"; do
	grep -q "error: .*$word" "$T/engine.err" || fail "\"$word\" is not in the log"
done
capture good pfq@good
capture types pfq@types

# A reload of a group that has an unused device, and of another one, is no error.
hang_up < <(groups 'udp or tcp')
! grep 'nothing has changed:' "$T/engine.err" || fail "the reload has failed"
ctl group set types promisc=no >"$T/set.log"
frames b --kinds udp4 --packets 50
in_a ethtool -L wire0 rx 4
wait_for 10 "group queue to have its queue" ctl_is groups \
	'.groups[] | select(.name == "queue") | .devices[0].state == "up"'
drain
stats_add_up all
stop_captures good types
for name in good types; do
	[ "$(packets_in $name)" -eq 50 ] || fail "$name has $(packets_in $name) packets, not 50"
done
stop_engine
