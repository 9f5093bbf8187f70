#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A mistake in the file of PFQ_CONFIG is an error that names the file, the line and the key, and
# the allowed values. Sections of other programs are not looked at.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
start_group demo steer=copy
export PFQ_CONFIG=$T/pcap.conf

# wrong TEXT WORD...: with TEXT as the file, an ordinary device is refused, and the error has each
# WORD
wrong()
{
	printf '%b' "$1" >"$PFQ_CONFIG"
	shift
	application_refused wire0 "$PFQ_CONFIG" "$@"
}

wrong 'group = demo\n' ':1: ' 'group = demo' 'before the first section'
wrong '[default]\n\ngruop = demo\n' ':3: gruop: unknown key, did you mean group' 'pcap.conf(5)'
wrong '[default]\nforceall = yes\n' ':2: forceall: unknown key, did you mean force_all'
wrong '[default]\nGROUP = demo\n' ':2: GROUP: unknown key, did you mean group'
wrong '[default]\nconfig = /x\n' ':2: config: unknown key'
wrong '[default]\nnothing_like_it = 7\n' ':2: nothing_like_it: unknown key; allowed: '
wrong '[tcpdump]\nforce_all = maybe\n' ':2: force_all=maybe: allowed: 1 or 0'
wrong '[tcpdump]\ngroup = Demo\n' ':2: group=Demo: allowed: '
wrong '[tcpdump]\ngroup = nobody-made-this\n' ':2: group=nobody-made-this: there is no group'
wrong '[tcpdump]\ngroup = demo\nring = 64X\n' ':3: ring=64X: allowed: a size from 64K'
wrong '[tcpdump]\ngroup = demo\nlang = ip\nsteer = ip\n' \
	':4: steer and ' ':3: lang: allowed: one of them'
wrong '[tcpdump]\ngroup_wire0 = A\n' ':2: group_wire0=A: allowed: '
wrong '[tcpdump]\ngroup demo\n' ':2: ' 'expected KEY = VALUE'
wrong '[tcpdump]\ngroup = demo\ngroup = demo\n' ':3: group is there already, at line 2'
wrong '[tcpdump]\n[other]\n[tcpdump]\n' ':3: section [tcpdump] is there already, at line 1'
wrong '[tcpdump\n' ':1: "[tcpdump" is no section'
wrong "[default]\\ngroup = $(printf 'x%.0s' {1..1100})\\n" ':2: the line is longer than 1023 bytes'
PFQ_CONFIG=$T/none.conf application_refused wire0 "PFQ_CONFIG: $T/none.conf: No such file"
PFQ_CONFIG=$T application_refused wire0 "PFQ_CONFIG: $T: Is a directory"

# A section of another program may have anything, and so may a device that comes later.
printf '%s\n' '[other]' 'no key at all' 'gruop = x' \
	'[tcpdump]' 'group_later7 = demo' 'later8 = yes' >"$PFQ_CONFIG"
capture ordinary wire0
! grep -qi warning "$T/ordinary.err" || fail "$(cat "$T/ordinary.err")"
has_members demo 0 || fail "it has joined a group"
stop_captures ordinary

# A device that resembles the program's is a warning.
printf '[tcpdump]\ngroup_wrie0 = demo\n' >"$PFQ_CONFIG"
capture warned wire0
grep -qF ':2: group_wrie0: there is no interface of this name; did you mean group_wire0?' \
	"$T/warned.err" || fail "no warning: $(cat "$T/warned.err")"
stop_captures warned
stop_engine
