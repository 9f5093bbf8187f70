#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Reloads under traffic while a group gets into immediate mode, is in it, and changes its policy to
# one that needs the other way to take packets. The group keeps its way, and its other member gets
# each packet once.
#
# Alone: the ring of immediate mode holds few packets, and a worker of a busy machine reads late
. "$(dirname "$0")/../lib.sh"
begin
[ "$ENGINE" = user ] || skip "the kernel engine has no immediate mode"
wire_up

# change LINE...: let the engine read a file whose group quick has these lines
change()
{
	hang_up < <(printf '%s\n' '[group quick]' 'device = wire0' "$@" \
		'[group calm]' 'device = wire0' 'steer = copy')
}

modes_are()
{
	[ "$(ctl status --json | jq -r '[.sources[].mode] | unique | join(" ")')" = "$*" ]
}

start_engine < <(printf '[group %s]\ndevice = wire0\nsteer = copy\n' quick calm)
reference stock wire0
capture member pfq@quick
capture calm pfq@calm
wait_members quick 1
wait_members calm 1
background sender ip netns exec "$NS_B" taskset -c "$(first_cpu)" "$TOOLS/pfq-frames" \
	-i wire1 --kinds udp4,udp6,tcp4 --packets $((24000 * PATIENCE)) --rate 4000
background viewer env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" \
	tcpdump -n -U --immediate-mode -i pfq@quick -w "$T/pcap/viewer.pcap"
# Some of these come while the group changes its way.
for ((i = 0; i < 8; i++)); do
	change "steer = copy" "vlan = untagged" "members = $((i % 2 + 1))"
done
wait_members quick 2
wait_for 5 "a ring for immediate mode" modes_are tpacket_v2 tpacket_v3
for ((i = 0; i < 3; i++)); do
	change "steer = copy" "filter = ip or ip6"
	modes_are tpacket_v2 tpacket_v3 || fail "a reload has ended immediate mode"
	change "steer = copy" "direction = in"
done
# The hash of the device is not in a ring for immediate mode. These two are one share of all flows.
for ((i = 0; i < 2; i++)); do
	change "steer = rss"
	wait_for 5 "the other ring" modes_are tpacket_v3
	change "steer = flow"
	wait_for 5 "a ring for immediate mode again" modes_are tpacket_v2 tpacket_v3
done
kill -0 "${PID[sender]}" || fail "the frames were sent before the last reload: make them more"
ended sender 60 || fail "the frames were not sent: $(cat "$T/sender.err")"
drain
stats_add_up
nothing_lost
sent=$(ctl stats --json | jq '.groups[] | select(.name == "calm") | .counters.recv')
stat_is ".groups[] | select(.name == \"quick\") | .counters.recv == $sent"
stop_captures stock calm member viewer
check --reference stock calm
