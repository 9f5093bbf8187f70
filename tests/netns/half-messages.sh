#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A client sends messages that are empty, cut, too long, random or with descriptors, and reads no
# answer. pfqd goes on: a member gets every packet, another program joins, and nothing is kept.
. "$(dirname "$0")/../lib.sh"
begin
need "$TOOLS/pfq-garbage"
wire_up
SEED=${PFQ_SEED:-$(date +%s)}

start_group demo steer=copy 'access=root 0666'
reference wire wire0
capture stays pfq@demo
capture first pfq@demo
stop_captures first
wait_for 5 "the first one to leave" has_members demo 1
BEFORE=$(engine_fds_at_rest)
memory=$(engine_memory_kib)
for i in 0 1 2; do
	user=daemon
	[ $i -ne 0 ] || user=root
	background "garbage$i" ip netns exec "$NS_A" setpriv --reuid=$user --regid=nogroup \
		--clear-groups "$TOOLS/pfq-garbage" 5 $((SEED + i))
done
frames b --kinds udp4,tcp6 --packets 2000 --rate 1000
capture joins pfq@demo
for i in 0 1 2; do
	ended "garbage$i" 20 || fail "pfq-garbage, PFQ_SEED=$SEED: $(cat "$T/garbage$i.err")"
	echo "$(cat "$T/garbage$i.out"), PFQ_SEED=$SEED"
	awk -v least=$((1000 / PATIENCE)) '{ exit !($3 > least) }' "$T/garbage$i.out" ||
		fail "few messages were taken"
done
frames b --kinds udp4 --packets 100
drain
stats_add_up
stop_captures stays joins wire
check --reference wire stays
[ "$(packets_in joins)" -ge 100 ] || fail "the program that joined has $(packets_in joins) packets"
wait_for 10 "as many descriptors as before, without the member" \
	engine_has_fds $((BEFORE - $(engine_member_fds)))
wait_for 20 "pfqd to free what clients had" engine_keeps_at_most $((memory + 4096))
! grep -i '^pfqd: .*\(warning\|error\)' "$T/engine.err" || fail "clients fill the log"
stop_engine
