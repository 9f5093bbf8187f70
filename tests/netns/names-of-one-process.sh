#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A process opens several handles under one PFQ_NAME. All get this name, with numbers. The
# name of another process's handle is refused.
. "$(dirname "$0")/../lib.sh"
CAPTOP=$PFQ_BUILD/tools/captop/captop
begin
need "$CAPTOP"
wire_up
start_group share steer=flow ring=1M

names_are()
{
	# shellcheck disable=SC2016 # variables of jq
	ctl_is endpoints --arg names "$*" \
		'[.endpoints[] | select(.state != "absent").name] | sort | join(" ") == $names'
}

background three env LD_LIBRARY_PATH="$T/lib" PFQ_NAME=probe ip netns exec "$NS_A" \
	"$CAPTOP" -i pfq@share --thread 3
wait_members share 3
names_are probe probe.2 probe.3 || fail "the names are: $(ctl endpoints --json)"
PFQ_NAME=probe application_refused pfq@share 'PFQ_NAME: ' '"probe"' process "; choose another"
PFQ_NAME=probe.2 application_refused pfq@share 'PFQ_NAME: ' '"probe.2"'
PFQ_NAME=other PFQ_DEBUG=1 capture other pfq@share
names_are other probe probe.2 probe.3 || fail "the names are: $(ctl endpoints --json)"
grep -q "joined group share .* as other:" "$T/other.err" || fail "$(cat "$T/other.err")"
kill -INT "${PID[three]}"
ended three || fail "captop: status $?"
# The name is free again.
PFQ_NAME=probe capture probe pfq@share
names_are other probe || fail "the names are: $(ctl endpoints --json)"
stop_captures other probe
