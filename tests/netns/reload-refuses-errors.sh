#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A file with an error, or with a device that cannot be used, changes nothing: not even the groups
# of the file that are right. The log has each error with its line.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
start_group demo steer=flow
capture demo pfq@demo
wait_members demo 1
ctl groups --json | jq -S 'del(.groups[].counters)' >"$T/before.json"

# nothing_changed WORD...: SIGHUP changes nothing, and the log has each WORD
nothing_changed()
{
	local word

	# The engine appends, so that its log can be emptied.
	: >"$T/engine.err"
	hang_up
	for word in "nothing has changed:" "$@"; do
		grep -qF -e "$word" "$T/engine.err" || fail "\"$word\" is not in the log"
	done
	ctl groups --json | jq -S 'del(.groups[].counters)' | diff "$T/before.json" - ||
		fail "a refused file has changed a group"
	has_members demo 1 || fail "the member has gone"
}

# wrong LINE...: a file that changes demo, adds a group, and has these lines in a third group
wrong()
{
	printf '[group demo]\nid = 42\ndevice = wire0\nsteer = copy\n'
	printf '[group new]\ndevice = lo\n[group bad]\n'
	printf '%s\n' "$@"
}

wrong 'device = lo' 'steer = sideways' |
	nothing_changed 'engine.conf:14: [group bad] steer: "sideways"'
wrong 'device = lo' 'id = 42' | nothing_changed 'id: 42 is the id of [group demo]'
wrong 'device = lo' 'filter = not a filter' 'stear = flow' |
	nothing_changed 'engine.conf:14: [group bad] filter' \
		'engine.conf:15: [group bad] stear: no such key' '1 more'
if [ "$ENGINE" = user ]; then
	printf 'no capture file' >"$T/file"
	wrong "ingest = file:$T/file" | nothing_changed "engine.conf:13: [group bad] ingest"
	# Only the attempt to use them shows that devices do not go together.
	need "$TOOLS/pfq-tun"
	background tun ip netns exec "$NS_A" "$TOOLS/pfq-tun" 519
	wait_for 5 "a raw device, see tun.err" grep -q ready "$T/tun.out"
	wrong 'device = lo, tun519' | nothing_changed 'group bad: tun519: its link type is'
fi
# A file that was emptied by mistake is refused. A section alone removes all groups.
: >"$T/engine.err"
: >"$T/engine.conf"
! ctl reload 2>"$T/blank.err" || fail "an empty file is taken"
grep -q 'it is empty; to remove all groups, leave the line \[pfqd\]' "$T/blank.err" ||
	fail "of the empty file: $(cat "$T/blank.err")"
has_members demo 1 || fail "the member has gone"
rm "$T/engine.conf"
: >"$T/engine.err"
kill -HUP "${PID[engine]}"
wait_for 10 "an answer to the missing file" grep -q 'engine.conf: No such file' "$T/engine.err"
has_members demo 1 || fail "the member has gone"
frames b --kinds udp4 --packets 100
drain
stats_add_up all
stat_is '.groups[0].counters.steered == 100'
stop_captures demo
hang_up </dev/null
grep -q 'warning: .*engine.conf has no group any more; all groups have ended: demo$' \
	"$T/engine.err" || fail "the log does not name the groups that went"
stop_engine
