#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# On a plain mirror, where each frame comes twice without a change, a program drops the copies that
# "editcap -d" drops: a member has exactly the frames that editcap keeps.
. "$(dirname "$0")/../lib.sh"
begin
need editcap mergecap
wire_up
CAPTOP=$PFQ_BUILD/tools/captop/captop
need "$CAPTOP"

# Frames are 1 us apart. The second copy comes 2 us later, after two other frames.
"$TOOLS/pfq-frames" --kinds udp4,tcp4,udp6,tcp6,frag4,vlan,arp,lldp --flows 50 --packets 2000 \
	-w "$(pcap once)" >"$T/frames.out"
editcap -F pcap -t 0.000002 "$(pcap once)" "$(pcap again)"
mergecap -F pcap -w "$(pcap twice)" "$(pcap once)" "$(pcap again)"
sent=$(jq .frames "$T/frames.out")
[ "$(packets_in twice)" -eq $((2 * sent)) ] || fail "$(packets_in twice) packets, not twice $sent"

start_group demo 'lang = when (is_dup 500ms) (count copies >-> drop) >-> copy'
capture d0 pfq@demo
wait_members demo 1
in_b timeout $((60 * PATIENCE)) "$CAPTOP" --json -o wire1 -r "$(pcap twice)" --rate 4000 \
	>"$T/sent.out" 2>"$T/sent.err" || fail "captop: $(cat "$T/sent.err")"
drain
stats_add_up all
nothing_lost
stop_captures d0
editcap -F pcap -d "$(pcap twice)" "$(pcap kept)" 2>"$T/editcap.out" ||
	fail "editcap: $(cat "$T/editcap.out")"
[ "$(packets_in kept)" -eq "$sent" ] ||
	fail "editcap keeps $(packets_in kept) of $sent: $(cat "$T/editcap.out")"
check --reference kept d0
stat_is ".groups[0].counters | .recv == $((2 * sent)) and .drop_program == $sent"
stop_engine
