#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A socket that pfqd's unit of systemd hides is refused, a capture file is not used, and the text
# names the setting. The mounts are made as systemd makes them.
. "$(dirname "$0")/../lib.sh"
begin
need unshare
private=$T/systemd-private-0-pfqd.service-x/tmp
hidden=$T/systemd/inaccessible/dir
place=$T/place	# the unit's PrivateTmp=
home=$T/home	# the unit's ProtectHome=
system=$T/srv	# the unit's ProtectSystem=
mkdir -p "$private" "$hidden" "$place" "$home" "$system"
"$TOOLS/pfq-frames" -w "$home/x.pcap" --kinds udp4 --packets 10 >/dev/null

# run_hidden SYSTEMD_EXEC_PID: run pfqd in the view of a unit until it listens, or ends
run_hidden()
{
	status=0

	# shellcheck disable=SC2016 # the inner shell's variables
	brief_engine unshare -m sh -c '
		mount --bind "$1" "$2" && mount --bind "$3" "$4" && mount --bind "$5" "$5" &&
			mount -o remount,bind,ro "$5" || exit 99
		SYSTEMD_EXEC_PID=${6:-$$} exec "$7" -c "$8"' sh \
		"$private" "$place" "$hidden" "$home" "$system" "$1" "$PFQD" "$T/engine.conf" ||
		status=$?
	[ $status -ne 99 ] || skip "no mounts can be made here"
}

# start_hidden SYSTEMD_EXEC_PID: the same; it must fail
start_hidden()
{
	run_hidden "$1"
	[ $status -eq 1 ] || fail "status $status: $(cat "$T/brief.err")"
}

wire_up
printf '[pfqd]\nengine = user\nsocket = %s/pfqd.sock\n' "$place" >"$T/engine.conf"
start_hidden ""
grep -q "socket $place/pfqd.sock: outside of the view of pfqd's unit: PrivateTmp=" \
	"$T/brief.err" || fail "$(cat "$T/brief.err")"

# in a folder that is there, and in one that pfqd would make
for path in pfqd.sock pfqd/pfqd.sock; do
	printf '[pfqd]\nengine = user\nsocket = %s/%s\n' "$system" $path >"$T/engine.conf"
	start_hidden ""
	grep -q "socket $system/$path: .*pfqd's unit lets pfqd only read it: ProtectSystem=" \
		"$T/brief.err" || fail "$(cat "$T/brief.err")"
done

printf '[pfqd]\nsocket = %s\n[group g]\ningest = file:%s/x.pcap\n' "$SOCKET" "$home" \
	>"$T/engine.conf"
run_hidden ""
grep -q "error: file .*/x.pcap: outside of the view of pfqd's unit: ProtectHome=.* is not used" \
	"$T/brief.err" || fail "$(cat "$T/brief.err")"
# Without a unit it is an ordinary error.
run_hidden 1
grep -q "error: file .*/x.pcap: No such file or directory; it is not used" "$T/brief.err" ||
	fail "$(cat "$T/brief.err")"
