#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A group waits for more members (members = 2). The log, pfqctl status and PFQ_DEBUG say so, until
# the members are here. A group that goes on with one of its members does not wait.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/hints.sh"
begin
wire_up
start_group demo steer=flow members=2
PFQ_DEBUG=1 capture first pfq@demo
wait_members demo 1
hinted too-few-members "group demo gives no packets before 2 members are here (1 now): start the"
[ "$ENGINE" = kernel ] ||
	grep -q 'group demo: 1 of 2 members are here, 0 absent; it gives no' "$T/engine.err" ||
	fail "the log does not say that the group waits"
grep -q '^pfq: group demo has 1 of the 2 members that it waits for' "$T/first.err" ||
	fail "PFQ_DEBUG does not name the members: $(cat "$T/first.err")"
frames b --kinds udp4 --packets 10
hinted drop-no-member "group demo has dropped 10 packets because no member was there"

PFQ_DEBUG=1 capture second pfq@demo
wait_members demo 2
not_hinted too-few-members
[ "$ENGINE" = kernel ] ||
	grep -q 'group demo: 2 of 2 members are here, 0 absent: it gives packets' "$T/engine.err" ||
	fail "the log does not say that the members are here"
! grep -q 'that it waits for' "$T/second.err" || fail "PFQ_DEBUG: $(cat "$T/second.err")"
frames b --kinds udp4,tcp6 --packets 1000 --seed 2
drain
stop_captures second
not_hinted too-few-members
stop_captures first
stop_engine
