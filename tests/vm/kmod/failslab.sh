#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Lets each allocation of each operation on the module fail once (kmod-failslab). The
# operation reports that there is no memory, or succeeds without it. The same operation then
# succeeds, and nothing leaks. Afterwards loading the module is tested in this way.
. "$(dirname "$0")/lib.sh"

faults=/sys/kernel/debug
[ -d $faults/failslab ] || skip "this kernel has no failslab"
# By default failslab and fail_page_alloc spare allocations that may wait.
for knob in failslab/ignore-gfp-wait fail_page_alloc/ignore-gfp-wait \
	fail_page_alloc/ignore-gfp-highmem; do
	echo N > $faults/$knob
done
echo 0 > $faults/fail_page_alloc/min-order
echo 0 > $faults/failslab/verbose
echo 0 > $faults/fail_page_alloc/verbose
wire
ip link add vt netns a type veth peer name vu netns b
# Not by "ip netns exec", which hides debugfs.
failslab()
{
	nsenter --net=/run/netns/a "$PFQ_BUILD/tests/vm/kmod-failslab" va vt "$@" ||
		fail "kmod-failslab: status $?"
}
echo 64 > /proc/sys/vm/nr_hugepages
load
failslab
rmmod pfq
failslab "$PFQ_KO"
load
gone
echo "PASS"
