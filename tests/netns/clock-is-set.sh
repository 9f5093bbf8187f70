#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# In a guest only: the clock of the machine is set forth and back by a day while programs capture.
# Both engines go on: every packet comes once, its timestamp is the clock's, and a program that
# joins gets its packets at once. Waits neither end early nor last longer, and nothing stays busy.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/shares.sh"
begin
[ -n "${PFQ_KO:-}" ] || skip "only in a guest: it sets the clock of the machine"
need "$TOOLS/pfq-clock" "$TOOLS/pfq-cputime"
wire_up
DAY=86400
STEPS=(1 -1 -1 1)	# days: the clock ends as it began

# set_clock SECONDS: set the clock of the machine forth, or back
set_clock()
{
	"$TOOLS/pfq-clock" "$1"
}

# around_step DAYS: set the clock in the middle of some traffic
around_step()
{
	frames b --kinds udp4 --packets 200
	background sender ip netns exec "$NS_B" "$TOOLS/pfq-frames" -i wire1 \
		--kinds udp4,udp6,tcp6 --packets 1000 --rate 600
	sleep 0.5
	set_clock $(($1 * DAY))
	ended sender 20 || fail "the frames were not sent: $(cat "$T/sender.err")"
	frames b --kinds udp4 --packets 200
}

# days NAME: print how many packets of a capture each day has, in their order: "DAY COUNT"
days()
{
	tcpdump -tt -n -r "$(pcap "$1")" 2>/dev/null |
		awk -v begun="$BEGUN" -v day=$DAY '{
			print int(($1 - begun) / day + 1000.5) - 1000
		}' |
		uniq -c | awk '{ print $2, $1 }'
}

# spread NAME: fail unless the packets of a capture have the days at which they came. Around a step,
# packets of one lane wait up to 100 ms for those of another.
spread()
{
	local wanted="0 1 0 -1 0" has

	has=$(days "$1" | awk '$2 >= 70 { print $1 }' | uniq | xargs)
	[ "$has" = "$wanted" ] || fail "$1 has packets of these days, not of $wanted: $(days "$1")"
}

# joins_at_once: a program that joins gets its packets within seconds
joins_at_once()
{
	local begun

	capture late pfq@all -c 20
	begun=$SECONDS
	frames b --kinds udp4 --packets 20
	ended late 10 || fail "the program that joined: $(cat "$T/late.err")"
	[ $((SECONDS - begun)) -le $((5 * PATIENCE)) ] || fail "its packets came late"
}

# is_idle SECONDS: engine and members wait, with less than 2 % of a CPU
is_idle()
{
	local before used

	before=$("$TOOLS/pfq-cputime" "${PID[engine]}" "${PID[copy]}" "${PID[flow0]}")
	sleep "$1"
	used=$(($("$TOOLS/pfq-cputime" "${PID[engine]}" "${PID[copy]}" "${PID[flow0]}") - before))
	[ $used -lt $(($1 * 20000000)) ] || fail "$used ns of CPU time within $1 s without traffic"
}

# capturing: steps while members read
capturing()
{
	local days

	start_engine < <(printf '[group %s]\ndevice = wire0\nring = 1M\nsteer = %s\n' \
		all copy share flow)
	BEGUN=$(date +%s)
	reference wire wire0
	capture copy pfq@all
	capture flow0 pfq@share
	capture flow1 pfq@share
	for days in "${STEPS[@]}"; do
		around_step "$days"
		joins_at_once
	done
	drain
	stats_add_up
	nothing_lost
	is_idle 3
	stop_captures copy flow0 flow1 wire
	check --reference wire copy
	check --reference wire flow0 flow1
	spread copy
	stop_engine
}

# seconds_up: print the seconds since the start of the machine
seconds_up()
{
	cut -d . -f 1 /proc/uptime
}

# waiting: a share goes when linger is over, and a program ends when its time is over
waiting()
{
	local begun spent linger=$((6 * PATIENCE))

	start_group demo steer=flow "linger=${linger}s" ring=1M
	shares_members s1 s2
	wait_members demo 2
	stop_captures s2
	begun=$(seconds_up)
	shares_away 1
	set_clock $DAY
	sleep 1
	ctl_is groups '.groups[0].absent == 1' || fail "the share has gone early: $(ctl groups)"
	set_clock $((-2 * DAY))
	wait_for $((linger + 10)) "the end of the share" ctl_is groups '.groups[0].absent == 0'
	spent=$(($(seconds_up) - begun))
	[ $spent -ge $((linger - 1)) ] || fail "the share has gone after $spent s"
	begun=$(seconds_up)
	background top ip netns exec "$NS_A" env LD_LIBRARY_PATH="$T/lib" \
		"$PFQ_BUILD/tools/captop/captop" --json --for 4 -i pfq@demo
	sleep 1
	set_clock $DAY
	ended top 20 || fail "captop: $(cat "$T/top.err")"
	spent=$(($(seconds_up) - begun))
	[ $spent -ge 3 ] || fail "captop --for 4 has ended after $spent s"
	stop_captures s1
	stop_engine
}

for ENGINE in kernel user; do
	echo "$ENGINE engine"
	capturing
	waiting
done
