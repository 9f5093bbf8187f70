#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Every allocation of every operation on the module fails once (kmod-failslab): it says that
# there is no memory, or does without; the same works right after, and nothing leaks.
# Then the module itself is loaded in that way.
. "$(dirname "$0")/lib.sh"

faults=/sys/kernel/debug
[ -d $faults/failslab ] || { echo "this kernel has no failslab"; exit 77; }
# as delivered, these spare every allocation that may wait
for knob in failslab/ignore-gfp-wait fail_page_alloc/ignore-gfp-wait fail_page_alloc/ignore-gfp-highmem; do
	echo N > $faults/$knob
done
echo 0 > $faults/fail_page_alloc/min-order
echo 0 > $faults/failslab/verbose
echo 0 > $faults/fail_page_alloc/verbose
wire
ip link add vt netns a type veth peer name vu netns b
# not "ip netns exec", which hides debugfs
failslab()
{
	nsenter --net=/run/netns/a "$PFQ_BUILD/tests/vm/kmod-failslab" va vt "$@" || fail "kmod-failslab: status $?"
}
echo 64 > /proc/sys/vm/nr_hugepages
load
failslab
rmmod pfq
failslab "$PFQ_KO"
load
gone
echo "PASS"
