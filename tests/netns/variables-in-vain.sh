#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A variable is set, and the program gets no group: nothing brings its device to one, or the value
# is bad. The program is warned. Variables that any program may have, and those of a program that
# gets its group, are no reason for a warning.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/warned.sh"
begin
wire_up
need "$TOOLS/pfq-opens"
start_group demo steer=copy

for variable in PFQ_STEER=copy PFQ_LANG=steer_flow PFQ_VLAN=10 PFQ_CLASS=1 PFQ_WEIGHT=2 PFQ_NAME=x \
	PFQ_FANOUT=copy; do
	warned wire0 "${variable%%=*} is set, but only members of a group use it; PFQ_GROUP names" \
		env $variable ip netns exec "$NS_A"
done
warned wire0 "PFQ_CLASS=99: allowed: classes 0-63, as in 0,3-5. wire0 is captured without" \
	env PFQ_CLASS=99 ip netns exec "$NS_A"
warned wire0 "PFQ_RING=5: allowed: a size" env PFQ_RING=5 ip netns exec "$NS_A"

# of_no_interest DEVICE VARIABLE=VALUE...: these variables are no reason for a warning
of_no_interest()
{
	silent "$1" env "${@:2}" ip netns exec "$NS_A"
}

of_no_interest wire0 PFQ_RING=1M PFQ_CAPLEN=96 PFQ_ORDER=none PFQ_RECONNECT=no PFQ_HUGEPAGES=off
of_no_interest wire0 PCAP_FANOUT=copy PCAP_CAPLEN=x
of_no_interest wire0 PFQ_NAME=x PFQ_wire0=0
of_no_interest wire0 PFQ_NAME=x PFQ_wire0=1
of_no_interest wire0 PFQ_NAME=x PFQ_GROUP=demo
of_no_interest pfq@demo PFQ_NAME=x PFQ_WEIGHT=2
of_no_interest pfq:wire0 PFQ_NAME=x
stop_engine
