#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A service manager that keeps descriptors restarts pfqd, in order and after it was killed, and
# takes three seconds. A program that starts meanwhile waits, and is a member of the next pfqd;
# pfqctl says after a second what it waits for. If pfqd does not come back, the program is told that
# pfqd is not running. A socket whose path or file has changed is replaced.
. "$(dirname "$0")/../lib.sh"
begin
[ "$ENGINE" = user ] || skip "the kernel engine does not end"
need "$TOOLS/pfq-manager"
AWAY_S=3

# began N: the manager has started pfqd N times
began()
{
	[ "$(grep -c '^started ' "$T/manager.out")" -eq "$1" ]
}

# went N: the manager has ended pfqd N times
went()
{
	[ "$(grep -c '^ended' "$T/manager.out")" -eq "$1" ]
}

# stored N: the manager keeps N descriptors
stored()
{
	[ "$(grep '^stored ' "$T/manager.out" | tail -n 1)" = "stored $1" ]
}

# manage: start the manager with a pfqd whose RuntimeDirectory= has the socket
manage()
{
	ends=0
	rm -f "$T/notify"
	background manager env RUNTIME_DIRECTORY="$T" ip netns exec "$NS_A" \
		"$TOOLS/pfq-manager" "$T/notify" "$PFQD" -c "$T/engine.conf"
	wait_for 20 "pfqd, see manager.err" engine_is_up
}

# take_away SIGNAL: let the manager end pfqd (USR1) or kill it (USR2), and not start it
take_away()
{
	kill -"$1" "${PID[manager]}"
	wait_for 10 "pfqd to end" went $((ends += 1))
}

# bring_back: let the manager start pfqd
bring_back()
{
	kill -HUP "${PID[manager]}"
	wait_for 20 "the next pfqd" began $((ends + 1))
}

# start_program NAME: start a tcpdump, and do not wait for it
start_program()
{
	background "$1" ip netns exec "$NS_A" env LD_LIBRARY_PATH="$T/lib" \
		"$TCPDUMP" -n -i pfq@demo -w "$T/pcap/$1.pcap"
}

# told NAME TEXT: the program ends within 2 seconds with this error
told()
{
	local status=0 begun

	begun=$(date +%s%N)
	ended "$1" || status=$?
	[ $status -eq 1 ] && grep -qF -e "$2" "$T/$1.err" ||
		fail "$1: status $status, and not \"$2\": $(cat "$T/$1.err")"
	[ $((($(date +%s%N) - begun) / 1000000)) -le $((2000 * PATIENCE)) ] ||
		fail "$1 was told late"
}

is_member()
{
	# shellcheck disable=SC2016 # variables of jq
	ctl_is endpoints --argjson pid "${PID[$1]}" 'any(.endpoints[]; .pid == $pid and .started)'
}

wire_up
engine_configure <<-END
[group demo]
device = wire0
steer = flow
END
manage
wait_for 5 "the socket and the shares to be kept" stored 2
inode=$(stat -c %i "$SOCKET")
capture first pfq@demo
for signal in USR1 USR2; do
	take_away $signal
	start_program "during$signal"
	! ctl status 2>"$T/status.err" || fail "pfqctl has an answer without a pfqd"
	grep -qF "did not answer HELLO within 1000 ms: pfqd has ended, and the next one" \
		"$T/status.err" || fail "pfqctl says: $(cat "$T/status.err")"
	sleep $AWAY_S
	kill -0 "${PID[during$signal]}" || fail "refused: $(cat "$T/during$signal.err")"
	bring_back
	wait_for 10 "a program that has started meanwhile" is_member "during$signal"
	wait_members demo $((ends + 1))
	[ "$(stat -c %i "$SOCKET")" = "$inode" ] || fail "the socket is another one"
	# a pfqd that listens again is the one that clients see
	pid=$(sed -n 's/^started //p' "$T/manager.out" | tail -n 1)
	kill -STOP "$pid"
	application_refused pfq@demo "did not answer HELLO within 1000 ms: process $pid is stopped"
	kill -CONT "$pid"
done
[ "$(grep -c "socket $SOCKET of the last pfqd taken over" "$T/manager.err")" -eq 2 ] ||
	fail "taken over: $(grep 'taken over' "$T/manager.err")"
frames b --kinds udp4,tcp4 --packets 200
drain
stats_add_up
stop_captures first duringUSR1 duringUSR2

# The file is replaced while pfqd is away: programs go to the new socket.
take_away USR1
start_program replaced
sleep 0.5
rm "$SOCKET"
bring_back
wait_for 10 "a program at the former socket" is_member replaced
grep -q "socket $SOCKET of the last pfqd is not taken over: its file is gone" "$T/manager.err" ||
	fail "not said: $(cat "$T/manager.err")"
stop_captures replaced
wait_for 5 "one socket in the store, and the shares" stored 2

# Somebody has forbidden others to connect: the new file is as always.
chmod 600 "$SOCKET"
take_away USR1
bring_back
wait_for 10 "pfqd, see manager.err" engine_is_up
[ "$(stat -c %a "$SOCKET")" = 666 ] || fail "the socket has mode $(stat -c %a "$SOCKET")"
wait_for 5 "one socket in the store, and the shares" stored 2

# The configuration has another path.
take_away USR1
start_program moved
sleep 0.5
sed -i "s|^socket = .*|&.new|" "$T/engine.conf"
bring_back
told moved "pfqd is not running: nothing listens on $SOCKET;"
[ ! -e "$SOCKET" ] || fail "the former socket is left"
SOCKET=$SOCKET.new
export PFQ_SOCKET=$SOCKET
wait_for 10 "pfqd at its new socket" engine_is_up
wait_for 5 "one socket in the store, and the shares" stored 2

# The manager gives up: a program that waits is told so, and the next one, too.
take_away USR1
start_program waits
sleep 1.5
kill -0 "${PID[waits]}" || fail "refused: $(cat "$T/waits.err")"
kill -TERM "${PID[manager]}"
told waits "pfqd is not running: nothing listens on $SOCKET;"
ended manager || fail "the manager: $(cat "$T/manager.err")"
start_program later
told later "pfqd is not running: nothing listens on $SOCKET;"

# The next pfqd replaces the file that is left. Outside of a RuntimeDirectory=, pfqd removes its
# file.
manage
kill -TERM "${PID[manager]}"
ended manager || fail "the manager: $(cat "$T/manager.err")"
[ -S "$SOCKET" ] || fail "the file of the kept socket is gone"
background manager ip netns exec "$NS_A" \
	"$TOOLS/pfq-manager" "$T/notify2" "$PFQD" -c "$T/engine.conf"
wait_for 20 "pfqd, see manager.err" engine_is_up
kill -TERM "${PID[manager]}"
ended manager || fail "the manager: $(cat "$T/manager.err")"
[ ! -e "$SOCKET" ] || fail "the file of a socket that is not kept is left"
