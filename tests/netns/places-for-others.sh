#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A user has at most half of a group's places, and all users leave some to root. The errors say how
# many. Programs of users do not take the place of root's absent member, which comes back.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/shares.sh"
begin
need "$TOOLS/pfq-crowd"
wire_up
CROWD=$(for_all "$TOOLS/pfq-crowd")

# run_crowd USER NAME COUNT: COUNT members of USER join group demo, each named after NAME
run_crowd()
{
	exec ip netns exec "$NS_A" setpriv --reuid="$1" --regid="$1" --clear-groups \
		env LD_LIBRARY_PATH="$T/lib" PFQ_NAME="$2" \
		bash -c 'ulimit -n 2048 && exec "$@"' crowd "$CROWD" "$3" demo
}

# crowd USER NAME COUNT: the same, and they stay
crowd()
{
	background "$2" run_crowd "$@"
	wait_for 60 "$3 members of user $1, see $2.err" grep -q ready "$T/$2.out"
}

# refused USER WORD...: one more member of USER is refused, and the error has each WORD
refused()
{
	local word status=0

	background refused run_crowd "$1" refused 1
	ended refused || status=$?
	[ $status -eq 1 ] || fail "one more member of user $1: status $status"
	for word in "${@:2}"; do
		grep -qF -e "$word" "$T/refused.err" ||
			fail "user $1: \"$word\" is not in: $(cat "$T/refused.err")"
	done
}

# leave NAME: they leave
leave()
{
	kill -TERM "${PID[$1]}"
	ended "$1" 30 || fail "$1: $(cat "$T/$1.err")"
}

start_group demo steer=flow linger=600s "access=root:root 0666"
PFQ_NAME=sensor capture sensor pfq@demo
wait_members demo 1
stop_captures sensor
shares_away 1

crowd 1001 first 128
refused 1001 "128 members" "allowed: 128 of its 256 places"
crowd 1002 other 1
leave other
leave first
shares_away 130
# their places go to others of the same user
crowd 1001 second 128
shares_away 2
crowd 1002 third 112
shares_away 1
for uid in 1002 1003; do
	refused $uid "users other than root have 240 members" "allowed: 240 of its 256 places"
done
crowd 0 root 14
PFQ_NAME=sensor capture again pfq@demo
shares_away 0
capture last pfq@demo
application_refused pfq@demo "256 members, absent ones included; allowed: 256"
stop_captures again last
for name in second third root; do
	leave $name
done
stop_engine
