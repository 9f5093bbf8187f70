#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfqctl save prints the running state as a pfqd.conf: pfqd --check accepts it, a reload of it
# changes nothing, and a pfqd that starts with it has the same groups.
. "$(dirname "$0")/../lib.sh"
begin
wire_up

# state: print the groups without what changes by itself
state()
{
	ctl groups --json |
		jq -S '[.groups[] | del(.counters, .members, .unexplained)] | sort_by(.name)'
}

engine_configure <<-END
	[group alpha]
	device = wire0, absent/0-3
	filter = "ip and (udp or tcp port 80)"
	vlan = 5, 10-20, untagged
	access = root:daemon 0640
	frag_wait = 1500ms
	[group beta]
	device = lo
	id = 9
	steer = copy
END
launch_engine
wait_for 10 "the engine, see engine.err" ctl_is status '.engine'
{
	ctl group add gamma device=wire0 steer=to:1 members=2 snaplen=96 ring=100K direction=in
	ctl group set beta filter=arp promisc=no
	ctl bind beta wire0
	ctl unbind beta lo
} >/dev/null
# A device that a program has bound, and a group that one has made, are not pfqd's configuration.
capture made pfq@made:wire0
capture bound pfq@beta:lo
ctl save >"$T/saved.conf"
if [ "$ENGINE" = user ]; then
	grep -q '^; A program has made group made' "$T/saved.conf" ||
		fail "group made has no comment"
	grep -q '^; A program has bound lo to group beta' "$T/saved.conf" ||
		fail "the device that is bound to beta has no comment"
fi
ctl save --json | jq -rj .configuration | diff "$T/saved.conf" - || fail "the JSON has another text"
stop_captures made bound
state >"$T/before.json"
"$PFQD" --check "$T/saved.conf" >"$T/check.log" 2>&1 ||
	fail "pfqd refuses it: $(cat "$T/check.log")"

cp "$T/saved.conf" "$T/engine.conf"
said=$(ctl reload)
[ "$said" = "nothing has changed" ] || fail "a reload of what was saved changes: $said"
ctl save | diff "$T/saved.conf" - >"$T/diff.log" || {
	grep -v '^[0-9,]*d[0-9]*$\|^< ; A program' "$T/diff.log" && fail "saved twice, it differs"
}
stop_engine
launch_engine
wait_for 10 "the engine with the saved file" ctl_is status '.engine'
state | diff "$T/before.json" - || fail "a new pfqd has other groups"
stop_engine
