#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The pool of huge pages is emptied while pfqd runs and a member has its ring there. That member
# gets every packet, others join with rings elsewhere, and a program that asks for huge pages gets
# an error. Other processes get the pages of a member that has left.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/pool.sh"
begin
pool_begin

# pages NAME: print the page size of the member's ring, in bytes
pages()
{
	# shellcheck disable=SC2016 # jq's variable
	ctl endpoints --json |
		jq --argjson pid "${PID[$1]}" '.endpoints[] | select(.pid == $pid) | .page_bytes'
}

wire_up
start_group g steer=copy ring=8M
echo $((pool_had + 9)) >$pool/nr_hugepages
[ "$(cat $pool/free_hugepages)" -ge 9 ] || skip "no 9 huge pages can be had"
reference wire wire0
PFQ_HUGEPAGES=2M PFQ_RING=16M capture stays pfq@g
kib=$(pool_kib)
[ "$kib" -ge 16384 ] || skip "other programs take the huge pages"
[ "$(pages stays)" -eq 2097152 ] || fail "the first ring is in pages of $(pages stays)"
frames b --kinds udp4 --packets 100

# The pages in use stay until their user gives them back; no others are left.
echo 0 >$pool/nr_hugepages
[ "$(cat $pool/free_hugepages)" -eq 0 ] || skip "the pool cannot be emptied"
echo "pool: $(cat $pool/nr_hugepages) pages, $(cat $pool/surplus_hugepages) of them surplus"
frames b --kinds udp4,tcp6 --packets 500
PFQ_HUGEPAGES=2M application_refused pfq@g "no room for" "the pool has 0" "choose auto"
capture elsewhere pfq@g
[ "$(pool_kib)" -eq "$kib" ] || fail "the second ring is in an empty pool"
frames b --kinds udp4 --packets 100
drain
stats_add_up
nothing_lost
stop_captures elsewhere stays wire
check --reference wire stays
[ "$(packets_in elsewhere)" -eq 100 ] || fail "$(packets_in elsewhere) packets of 100"
wait_for 10 "pfqd to give the pages back" ctl_is endpoints '.endpoints == []'
[ "$(pool_kib)" -eq 0 ] || fail "pfqd kept $(pool_kib) KiB of the pool"
stop_engine
