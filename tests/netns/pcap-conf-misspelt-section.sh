#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A section of pcap.conf(5) has the path of a program, capital letters or a slip in its name, so the
# program gets no group. The program is warned, and the warning has the section that is right.
# Sections of other programs are no reason for a warning.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/warned.sh"
begin
wire_up
need "$TOOLS/pfq-opens"
start_group demo steer=copy
export PFQ_CONFIG=$T/pcap.conf

# near SECTION: the program is told
near()
{
	printf '[default]\nring = 1M\n[%s]\ngroup = demo\n' "$1" >"$PFQ_CONFIG"
	warned wire0 \
		"$PFQ_CONFIG:3: [$1] is no section of this program; did you mean [pfq-opens]?" in_a
}

# other SECTION: it is not
other()
{
	printf '[%s]\ngroup = demo\n' "$1" >"$PFQ_CONFIG"
	silent wire0 in_a
}

near pfq-opnes
near PFQ-OPENS
near Pfq-Opens
near "$TOOLS/pfq-opens"
near /usr/bin/pfq-open
other tcpdump
other /usr/bin/tcpdump
other pfq-opens2
# there is such a program
install -m 755 /bin/true "$T/bin/pfq-open"
PATH=$PATH:$T/bin other pfq-open
# the program has a section, or its group
printf '[pfq-opnes]\ngroup = demo\n[pfq-opens]\nring = 1M\n' >"$PFQ_CONFIG"
silent wire0 in_a
printf '[pfq-opnes]\ngroup = demo\n[default]\ngroup = demo\n' >"$PFQ_CONFIG"
silent wire0 in_a
stop_engine
