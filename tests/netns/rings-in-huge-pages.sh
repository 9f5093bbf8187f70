#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A ring lies in pages of the pool if the pool has room, and elsewhere if not. Only pfqd
# loads libhugetlbfs; the capturing program does not, whatever its variables are.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/pool.sh"
begin
pool_begin

# pool_free N: change the pool so that N pages are free, or skip
pool_free()
{
	echo $(($(cat $pool/nr_hugepages) - $(cat $pool/free_hugepages) + $1)) >$pool/nr_hugepages
	[ "$(cat $pool/free_hugepages)" -eq "$1" ] ||
		skip "no pool with $1 free huge pages can be had"
}

wire_up
start_engine <<END
[group g]
device = wire0
steer  = copy
ring   = 8M
END

is_captured()
{
	grep -q 'listening on' "$T/$1.err" || ! kill -0 "${PID[$1]}" 2>/dev/null
}

# has_pool_ring NAME: NAME captures, and all of its ring is in the pool
has_pool_ring()
{
	grep -q 'listening on' "$T/$1.err" &&
		[ "$(pool_kib)" -ge \
			$(($(ctl endpoints --json | jq '.endpoints[0].ring_bytes') >> 10)) ]
}

# others_pages: print how many pages other programs use or have reserved
others_pages()
{
	echo $(($(cat $pool/nr_hugepages) - $(cat $pool/free_hugepages) - $(pool_kib) / 2048))
}

# in_pool NAME PAGES VARIABLE...: a capture gets its ring from a pool with PAGES free pages.
# Another program may take them first. A ring elsewhere is a failure only if no other
# program has any.
in_pool()
{
	local name=$1 pages=$2 tries=0 before

	shift 2
	while :; do
		pool_free "$pages"
		before=$(others_pages)
		background "$name" env LD_LIBRARY_PATH="$T/lib" HUGETLB_VERBOSE=99 \
			HUGETLB_MORECORE=yes "$@" ip netns exec "$NS_A" "$TCPDUMP" -n -i pfq@g \
			-w "$T/pcap/$name.pcap"
		wait_for 10 "capture $name, see $name.err" is_captured "$name"
		! has_pool_ring "$name" || break
		[ "$(others_pages)" -ne "$before" ] ||
			fail "$name: $(pool_kib) KiB of the pool: $(cat "$T/$name.err")"
		[ $((tries += 1)) -lt 10 ] || skip "other programs take the huge pages"
		kill -TERM "${PID[$name]}" 2>/dev/null || true
		wait_members g 0
	done
	ctl_is endpoints '.endpoints[0].page_bytes == 2097152' ||
		fail "no pages of 2 MiB: $(ctl endpoints)"
	! grep -q libhugetlbfs "/proc/${PID[$name]}/maps" "$T/$name.err" ||
		fail "the program that captures has loaded libhugetlbfs"
	ended_well "$name"
	[ "$(pool_kib)" -eq 0 ] || fail "$(pool_kib) KiB of the pool were not given back"
}

# ended_well NAME: NAME gets the packets that are sent now
ended_well()
{
	frames b --kinds udp4 --packets 100
	drain
	stop_captures "$1"
	[ "$(packets_in "$1")" -eq 100 ] || fail "$1: $(packets_in "$1") packets of 100"
	wait_members g 0
}

grep -q libhugetlbfs "/proc/${PID[engine]}/maps" || fail "pfqd has not loaded libhugetlbfs"
# The ring has 8 MiB and a header. A fifth page would be mostly unused, so it is taken on
# request only.
in_pool eight 8 PFQ_HUGEPAGES=2M
in_pool nine 9 PFQ_RING=16M

pool_free 0
capture none pfq@g
wait_members g 1
[ "$(pool_kib)" -eq 0 ] || fail "an empty pool gave $(pool_kib) KiB"
PFQ_HUGEPAGES=2M application_refused pfq@g "the pool has 0" "choose auto"
PFQ_HUGEPAGES=3M application_refused pfq@g "allowed: auto, off" 2048K
ended_well none
! grep libhugetlbfs "$T/engine.err" || fail "libhugetlbfs writes into pfqd's log"
stop_engine
