#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A service manager that keeps descriptors restarts pfqd, in order and after it was killed: no flow
# moves to another member, whether members have names or not. The tables depend on who has joined
# and left before, so the next pfqd would make others from the members alone.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/shares.sh"
begin
[ "$ENGINE" = user ] || skip "the kernel engine does not end"
need "$TOOLS/pfq-manager"

# restarted N: has the Nth pfqd all members again?
restarted()
{
	[ "$(grep -c '^started ' "$T/engine.out")" -eq "$1" ] &&
		ctl_is groups '.groups[0] | .members == 4 and .absent == 0'
}

wire_up
engine_configure <<-END
[group demo]
device = wire0
steer = flow
linger = 0
END
background engine ip netns exec "$NS_A" "$TOOLS/pfq-manager" "$T/notify" "$PFQD" -c "$T/engine.conf"
wait_for 20 "the engine, see engine.err" engine_is_up
capture gone1 pfq@demo -U
shares_members s1 s2
capture gone2 pfq@demo -U
capture s3 pfq@demo -U
wait_members demo 5
frames b --kinds udp4 --packets 10
stop_captures gone1 gone2
wait_members demo 3
capture s4 pfq@demo -U
wait_members demo 4
shares_round 1 s1 s2 s3 s4
shares_all 1
ids=$(ctl endpoints --json | jq -c '[.endpoints[] | [.pid, .id]] | sort')
for round in 2 3 4; do
	# in order, then twice by a crash: the second one finds what the first one has left
	if [ $round -eq 2 ]; then
		kill -HUP "${PID[engine]}"
	else
		kill -KILL "$(sed -n 's/^started //p' "$T/engine.out" | tail -n 1)"
	fi
	wait_for 20 "all members of the next pfqd" restarted $round
	shares_round $round s1 s2 s3 s4
	shares_all $round
	shares_is "flows that moved in a restart of pfqd" \
		"$(shares_moved $((round - 1)) $round)" 0
	[ "$(ctl endpoints --json | jq -c '[.endpoints[] | [.pid, .id]] | sort')" = "$ids" ] ||
		fail "other numbers than $ids: $(ctl endpoints)"
	[ "$(grep -c "shares of 4 members of the last pfqd are kept" "$T/engine.err")" -eq \
		$((round - 1)) ] || fail "no shares in round $round"
done
stop_captures s1 s2 s3 s4
stop_engine
