#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A variable that begins with PFQ_ or PCAP_ is misspelt, so its program gets no group. The program
# is warned, and the warning has the name that was meant. Variables of other programs, of devices
# that exist, and of programs that get their group, are no reason for a warning.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/warned.sh"
begin
wire_up
need "$TOOLS/pfq-opens"
wire_add spare0 peer0
ip -n "$NS_A" link set spare0 up
ip -n "$NS_A" link property add dev spare0 altname other-name 2>/dev/null && altname=1 || altname=
start_group demo steer=copy

# says DEVICE VARIABLE=VALUE TEXT: the program is warned with TEXT
says()
{
	warned "$1" "${2%%=*}: there is no $3" env "$2" ip netns exec "$NS_A"
}

says wire0 PFQ_GRUOP=demo "such variable; did you mean PFQ_GROUP? wire0 is captured without a group"
says wire0 PFQ_GRP=demo "such variable; did you mean PFQ_GROUP?"
says wire0 PFQ_group=demo "such variable; did you mean PFQ_GROUP?"
says wire0 PFQ_FORCEALL=1 "interface of this name; did you mean PFQ_FORCE_ALL?"
says wire0 PFQ_GROUP_wrie0=demo "interface of this name; did you mean PFQ_GROUP_wire0?"
says wire0 PFQ_GRUOP_wire0=demo "such variable; did you mean PFQ_GROUP_wire0?"
says wire0 PFQ_wire00=1 "interface of this name; did you mean PFQ_wire0?"
# the prefix
says wire0 pfq_group=demo "such variable; did you mean PFQ_GROUP? wire0 is captured without a group"
says wire0 PFQGROUP=demo "such variable; did you mean PFQ_GROUP?"
says wire0 PQF_GROUP=demo "such variable; did you mean PFQ_GROUP?"
says wire0 Pfq_Group_wire0=demo "such variable; did you mean PFQ_GROUP_wire0?"
says wire0 pfq_wire0=1 "such variable; did you mean PFQ_wire0?"
says wire0 PFQ_SOMETHING_ELSE=x "such variable, see pcap-pfq(7). wire0"
says wire0 PCAP_GRUOP=demo "such variable; did you mean PCAP_GROUP?"
says wire0 PCAP_GROUP_wrie0=demo "interface of this name; did you mean PCAP_GROUP_wire0?"
# a private copy is no group either
says pfq:wire0 PFQ_GRUOP=demo "such variable; did you mean PFQ_GROUP? pfq:wire0 is captured"

# of no interest VARIABLE=VALUE...: these variables are no reason for a warning
of_no_interest()
{
	silent wire0 env "$@" ip netns exec "$NS_A"
}

of_no_interest PCAP_FRAMES=65536 PCAP_SNAPLEN=96 PCAP_NAME=x PCAP_PF_RING_CLUSTER_ID=1 PCAPX=1 PFQ=1
of_no_interest PFQ_GRUOP= PFQ_RING=1M PFQ_ORDER=none
of_no_interest pfq_dir=/x PFQX=1 PFQD=1 pfq_grp=demo PQF=1 pfq_=1 pfq_wire=1
of_no_interest PFQ_spare0=1 PFQ_GROUP_spare0=demo
[ -z "$altname" ] || of_no_interest PFQ_other_name=1
of_no_interest PFQ_GROUP=demo PFQ_CLAS=0 pfq_group=other
silent pfq@demo env PFQ_CLAS=0 ip netns exec "$NS_A"
stop_engine
