#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A program names a group that does not exist, or names no group although there are several.
# The error lists the groups that it may join. If the list is too long for the text, the
# error says so.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
groups()
{
	local i

	for ((i = 1; i <= $1; i++)); do
		printf '[group a-name-of-a-good-length-%02d]\nid = %d\ndevice = wire0\n' $i $i
	done
}

groups 5 >"$T/five"
start_engine <"$T/five"
application_refused pfq@nosuch "there is no group nosuch" length-01 "length-05"
! grep -qF ", ..." <(in_a env LD_LIBRARY_PATH="$T/lib" "$TCPDUMP" -n -i pfq@nosuch -c 1 2>&1) ||
	fail "five groups are listed as if there were more"
stop_engine
groups 40 >"$T/forty"
start_engine <"$T/forty"
application_refused pfq@nosuch "there is no group nosuch" length-01 "length-05, ..."
application_refused pfq "which group?" length-01 ", ..."
stop_engine
