#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# With "user", pfqd captures, makes rings in huge pages, replays, reloads and cleans
# up as that user.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
user=nobody
uid=$(id -u $user)
# the user can write only in the folder that pfqd makes; the capture file is another user's
install -d -m 755 "$T/run"
SOCKET=$T/run/pfqd/pfqd.sock
export PFQ_SOCKET=$SOCKET
reference wanted wire0
frames b --kinds udp4 --packets 500
wait_for 10 "500 packets" has_captured wanted 500
stop_captures wanted
chmod 600 "$(pcap wanted)"
packets=$(packets_in wanted)

engine_configure_user()
{
	engine_configure
	sed -i "s/^\[pfqd\]/&\nuser = $1/" "$T/engine.conf"
}

# sorted: print the words of stdin in one line, by number
sorted()
{
	xargs -n1 | sort -n | xargs
}

groups()
{
	cat <<-END
	[group demo]
	device = wire0
	steer = flow
	[group again]
	ingest = file:$(pcap wanted)
	members = 1
	END
}

for who in $user "$uid"; do
	groups | engine_configure_user "$who"
	launch_engine
	wait_for 20 "the engine, see engine.err" ctl_is status .engine
	for status in /proc/"${PID[engine]}"/task/*/status; do
		awk -v uid="$uid" -v gid="$(id -g $user)" \
			'/^Uid:/ && ($2 != uid || $3 != uid || $4 != uid || $5 != uid) { exit 1 }
			/^Gid:/ && ($2 != gid || $3 != gid || $4 != gid || $5 != gid) { exit 1 }' \
			"$status" || fail "$status: another identity: $(grep '^[UG]id' "$status")"
		[ "$(sed -n 's/^Groups:[[:space:]]*//p' "$status" | sorted)" = \
			"$(id -G $user | sorted)" ] ||
			fail "$status: other groups: $(grep '^Groups' "$status")"
	done
	[ "$(stat -c %u "$T/run/pfqd") $(stat -c '%u %a' "$SOCKET")" = "$uid $uid 666" ] ||
		fail "another owner: $(ls -ln "$T/run" "$T/run/pfqd")"
	wait_for 20 "the wire" ctl_is groups \
		'.groups[] | select(.name == "demo") | .devices[0].state == "up"'
	# a reload reads the file, opens devices and capture files, and compiles filters
	groups | sed 's/^steer.*/&\nfilter = udp/; s/^members.*/&\ntimestamps = now/' |
		engine_configure_user "$user"
	chmod 600 "$T/engine.conf"
	ctl reload >"$T/reload.out" || fail "pfqd does not reload: $(cat "$T/reload.out")"
	printf 'group demo: filter is udp now, and was none\n%s\n' \
		'group again: timestamps is now now, and was file' | diff - "$T/reload.out" ||
		fail "pfqctl reload prints something else"
	chmod 644 "$T/engine.conf"
	capture live pfq@demo
	capture replay pfq@again
	frames b --kinds udp4 --packets 500
	drain
	stop_captures live replay
	[ "$(packets_in replay)" -eq "$packets" ] || fail "the replay is not complete"
	[ "$(packets_in live)" -ge 500 ] || fail "packets are missing"
	stop_engine
	[ ! -e "$SOCKET" ] || fail "the socket is left"
	rm -rf "$T/run/pfqd"
done

# A folder of somebody else's is not taken.
install -d -m 755 "$T/run/pfqd"
groups | engine_configure_user $user
status=0
in_a timeout 20 "$PFQD" -c "$T/engine.conf" >"$T/refused.log" 2>&1 || status=$?
[ $status -eq 1 ] || fail "status $status in a folder of root's"
grep -q "user = $user has to be able to write there" "$T/refused.log" ||
	fail "$(cat "$T/refused.log")"

# A user other than root cannot become another one.
printf '[pfqd]\nuser = daemon\nsocket = %s/pcap/s\n' "$T" >"$T/engine.conf"
status=0
in_a timeout 20 setpriv --reuid=$user --regid=nogroup --clear-groups "$PFQD" \
	-c "$T/engine.conf" >"$T/refused.log" 2>&1 || status=$?
[ $status -eq 1 ] || fail "status $status as $user"
grep -q 'user: pfqd runs as user [0-9]* and cannot become "daemon"' "$T/refused.log" ||
	fail "$(cat "$T/refused.log")"
