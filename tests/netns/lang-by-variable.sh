#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# PFQ_LANG: an unmodified tcpdump makes a group with a program, from the variable or from a file,
# and others join it. Errors name the variable and the column.
. "$(dirname "$0")/../lib.sh"
begin
wire_up

start_group other 'steer = copy'
text='count all >-> when (has_port 53) (count dns) >-> steer_flow'
for i in 0 1; do
	PFQ_LANG=$text capture "v$i" pfq@made:wire0
done
wait_members made 2
ctl_is groups ".groups[] | select(.name == \"made\") | .steer == \"lang\" and .lang == \"$text\"" ||
	fail "pfqctl shows: $(ctl groups --json)"
in_b "$TOOLS/pfq-frames" -i wire1 --kinds udp4,tcp4 --packets 1000 > "$T/sent"
drain
ctl_is groups '.groups[] | select(.name == "made") | .counts[0].packets == .counters.recv and
	.counters.recv == .counters.steered and .counters.recv >= 1000' ||
	fail "counted: $(ctl groups made --json)"
stop_captures v0 v1

# refused TEXT VALUE [VARIABLE...]: opening fails with this text
refused()
{
	! in_a env LD_LIBRARY_PATH="$T/lib" "PFQ_LANG=$2" "${@:3}" \
		"$TCPDUMP" -i pfq@made:wire0 -c 1 2> "$T/refused" ||
		fail "PFQ_LANG=$2 is accepted"
	grep -qF "$1" "$T/refused" || fail "PFQ_LANG=$2: $(cat "$T/refused")"
}
refused 'PFQ_LANG: lang: column 1: "is_upd": no such name; did you mean is_udp?' \
	'is_upd >-> steer_ip'
# a table of more memory than a program may bring along
refused 'the program takes' 'flows size=1M in flow_packets <= 50 >-> steer_flow'
refused 'PFQ_STEER and PFQ_LANG: allowed: one of them' "$text" PFQ_STEER=ip
printf 'count all\n>-> is_upd\n' > "$T/p.lang"
refused "lang: $T/p.lang:2:5: \"is_upd\": no such name" "file:$T/p.lang"
refused "lang: $T/none: No such file or directory" "$T/none"
stop_engine
