#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# In a guest only: the clock of the machine falls back while a group gets into immediate mode, and
# out of it. The user engine then changes its way to take packets, at a certain time of that clock.
# The group gets each packet once all the same: the clock falls back before that time, and after it.
. "$(dirname "$0")/../lib.sh"
begin
[ -n "${PFQ_KO:-}" ] || skip "only in a guest: it sets the clock of the machine"
need "$TOOLS/pfq-clock"
wire_up
# only the user engine has two ways to take packets
ENGINE=user

# modes_are MODE...: takes the engine packets in these ways?
modes_are()
{
	ctl_is status "([.sources[].mode] | unique | join(\" \")) == \"$*\""
}

# fall_back STEPS MILLISECONDS: the clock falls back by a minute so many times, with a pause after
# each, and is put right. No wait of this script goes on meanwhile, because the shell's seconds are
# those of the clock.
fall_back()
{
	"$TOOLS/pfq-clock" -60 "$1" "$2"
	"$TOOLS/pfq-clock" $(($1 * 60))
}

# change MILLISECONDS: a member in immediate mode comes and goes while the clock falls back
change()
{
	background viewer env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" \
		tcpdump -n -U --immediate-mode -i pfq@quick -w "$T/viewer.pcap"
	fall_back $((2000 / $1)) "$1"
	wait_members quick 2
	wait_for 5 "a ring for immediate mode" modes_are tpacket_v2 tpacket_v3
	kill -INT "${PID[viewer]}"
	ended viewer 10 || fail "the member in immediate mode: $(cat "$T/viewer.err")"
	# the group changes back after ten seconds
	fall_back $((12000 / $1)) "$1"
	wait_for 15 "the end of that ring" modes_are tpacket_v3
}

start_engine < <(printf '[group %s]\ndevice = wire0\nring = 1M\nsteer = copy\n' quick calm)
capture member pfq@quick
capture calm pfq@calm
wait_members quick 1
wait_members calm 1
background sender ip netns exec "$NS_B" "$TOOLS/pfq-frames" -i wire1 --kinds udp4 \
	--packets 1000000 --rate 1000
# A change takes some 40 ms: the clock falls back before its time, and after it.
for ms in 4 23 37; do
	change $ms
done
kill -TERM "${PID[sender]}"
ended sender 10 || true
drain
stats_add_up
nothing_lost
stat_is '[.groups[].counters.recv] | min == max and min > 10000'
stop_captures member calm
stop_engine
