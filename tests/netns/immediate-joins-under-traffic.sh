#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Members in immediate mode come and go under traffic. Meanwhile the other member of the group gets
# each packet once, and so does a group that has no such member. The engine takes the packets of the
# first group one by one while there is such a member.
#
# Alone: the ring of immediate mode holds few packets, and a worker of a busy machine reads late
. "$(dirname "$0")/../lib.sh"
begin
wire_up

# modes: how the engine takes packets, in words
modes()
{
	ctl status --json | jq -r '[.sources[].mode] | unique | join(" ")'
}

# modes_are WORD...: only the user engine can be asked
modes_are()
{
	[ "$ENGINE" != user ] || [ "$(modes)" = "$*" ]
}

# viewer_comes_and_goes: a member in immediate mode joins the group quick, and leaves it
viewer_comes_and_goes()
{
	background viewer env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" \
		tcpdump -n -U --immediate-mode -i pfq@quick -w "$T/viewer.pcap"
	wait_members quick 2
	wait_for 5 "a ring for immediate mode" modes_are tpacket_v2 tpacket_v3
	sleep 0.2
	kill -INT "${PID[viewer]}"
	ended viewer 10 || fail "the member in immediate mode: $(cat "$T/viewer.err")"
	wait_for 15 "the end of that ring" modes_are tpacket_v3
}

# round WORKERS [OPTION...]: send frames meanwhile, and compare captures with these options
round()
{
	WORKERS=$1
	start_engine < <(printf '[group %s]\ndevice = wire0\nsteer = copy\n' quick calm)
	reference stock wire0
	capture member pfq@quick
	capture calm pfq@calm
	wait_members quick 1
	wait_members calm 1
	modes_are tpacket_v3 || fail "at first, the engine takes packets by $(modes)"
	# from one CPU: frames of two CPUs may reach two sockets in two orders
	background sender ip netns exec "$NS_B" taskset -c "$(first_cpu)" \
		"$TOOLS/pfq-frames" -i wire1 \
		--kinds udp4,udp6,frag4 --packets 60000 --rate 6000
	viewer_comes_and_goes
	ended sender 60 || fail "the frames were not sent: $(cat "$T/sender.err")"
	drain
	stop_captures stock member calm
	stats_add_up
	nothing_lost
	check "${@:2}" stock member
	check "${@:2}" stock calm
	stop_engine
}

# One lane is in order. Several lanes are merged, but not in order if a worker of a busy machine is
# late by more than 100 ms.
round 1 --same
round 2 --reference
