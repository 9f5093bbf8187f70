#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A member subscribes to classes that its group's program does not address, so it gets no packets.
# The log, pfqctl status and PFQ_DEBUG say so, and say nothing of another member.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/hints.sh"
begin
wire_up
start_group demo steer=copy
PFQ_CLASS=0,7 PFQ_DEBUG=1 capture right pfq@demo
wait_members demo 1
not_hinted class-not-addressed
PFQ_CLASS=3,5 PFQ_DEBUG=1 capture wrong pfq@demo
wait_members demo 2

hinted class-not-addressed "(tcpdump, process ${PID[wrong]}) gets no packets, because the group's \
program addresses the classes 0x1, and it has 0x28: start it with another PFQ_CLASS"
[ "$ENGINE" = kernel ] ||
	grep -q 'warning: group demo: endpoint .* gets no packets: .* 0x1, and .* has 0x28' \
		"$T/engine.err" || fail "the log has no warning"
grep -q '^pfq: this handle gets no packets: .* 0x1, and the handle has 0x28 (PFQ_CLASS)$' \
	"$T/wrong.err" || fail "PFQ_DEBUG has no line: $(cat "$T/wrong.err")"
! grep -q 'gets no packets' "$T/right.err" || fail "PFQ_DEBUG: $(cat "$T/right.err")"
[ "$(grep -c 'gets no packets' "$T/engine.err")" -le 1 ] || fail "the log warns of both"

# The statement is true: this member gets nothing.
frames b --kinds udp4 --packets 100
drain
stats_add_up
stat_is '[.endpoints[].counters.offered] | sort == [0, 100]'
stop_captures right wrong
stop_engine
