#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Root starts unmodified tcpdumps in a group that only root may join; they give up root, as Debian's
# does by itself. pfqd is killed and started again under traffic, as root and as another user. The
# tcpdumps go on, and each packet that pfqd has seen is in one file. A stranger of their user is
# refused, and so are they themselves once they start anew.
. "$(dirname "$0")/../lib.sh"
begin
[ "$ENGINE" = user ] || skip "the kernel engine does not end"
need "$TOOLS/pfq-numbers"
getent passwd tcpdump >/dev/null || skip "tcpdump's package has made no user tcpdump"
wire_up
KILLS=3
RATE=1000
members="part0 part1"
tickets=

now()
{
	date +%s.%N
}

# files N: are there N tickets?
files()
{
	[ "$(find "$tickets" -type f | wc -l)" -eq "$1" ]
}

# stranger_refused: a program that tcpdump's user starts may not join
stranger_refused()
{
	local said status=0

	said=$(in_a env LD_LIBRARY_PATH="$T/lib" timeout $((10 * PATIENCE)) \
		setpriv --reuid=tcpdump --regid=tcpdump --clear-groups \
		"$TCPDUMP" -n -i pfq@demo -c 1 -w /dev/null 2>&1) || status=$?
	[ $status -eq 1 ] && grep -q "group demo: user $(id -u tcpdump) may not join it" \
		<<<"$said" || fail "a stranger: status $status: $said"
}

# goes_on [USER]: the folder of the tickets belongs to this user
# shellcheck disable=SC2086 # words
goes_on()
{
	local i from periods=

	launch_engine
	wait_for 20 "the engine, see engine.err" engine_is_up
	for name in $members; do
		capture "$name" pfq@demo -Z tcpdump
		[ "$(awk '/^Uid:/ { print $2 }' "/proc/${PID[$name]}/status")" = \
			"$(id -u tcpdump)" ] || fail "$name has not given up root"
	done
	wait_members demo 2
	wait_for 5 "two tickets" files 2
	background send ip netns exec "$NS_B" \
		"$TOOLS/pfq-numbers" send wire1 $RATE 600 500 "$T/sent"
	for ((i = 0; i < KILLS; i++)); do
		sleep 1
		kill -0 "${PID[send]}" || fail "the traffic has ended before pfqd was killed"
		from=$(awk -v now="$(now)" 'BEGIN { printf "%.6f", now - 0.05 }')
		crash_engine
		launch_engine
		wait_members demo 2
		wait_for 10 "both to get packets" ctl_is stats \
			'all(.endpoints[]; .counters.delivered > 0)'
		periods=$periods${periods:+,}$from-$(now)
		stranger_refused
	done
	kill -INT "${PID[send]}"
	ended send || fail "the sender: $(cat "$T/send.err")"
	drain
	stats_add_up
	files 2 && [ "$(stat -c '%U %a' "$tickets")" = "${1:-root} 700" ] ||
		fail "tickets: $(ls -la "$tickets")"
	stop_captures $members
	# shellcheck disable=SC2046
	"$TOOLS/pfq-numbers" check "$T/sent" "$periods" $(pcap $members) \
		>"$T/check.out" 2>"$T/check.err" ||
		fail "$(cat "$T/check.out" "$T/check.err") periods $periods"
	cat "$T/check.out"
	wait_for 5 "no members" ctl_is endpoints '.endpoints == []'
	stop_engine
	[ ! -e "$tickets" ] || fail "tickets of programs that have ended: $(ls -l "$tickets")"
}

for user in '' nobody; do
	install -d -m 755 "$T/run"
	SOCKET=$T/run/pfqd${user:+-$user}/pfqd.sock
	export PFQ_SOCKET=$SOCKET
	tickets=$SOCKET.tickets
	engine_configure <<<$'[group demo]\ndevice = wire0\nsteer = flow\nring = 4M'
	[ -z "$user" ] || sed -i "s/^\[pfqd\]/&\nuser = $user/" "$T/engine.conf"
	goes_on $user
done
