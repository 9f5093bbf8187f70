#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The daemon and each of its threads keep only the capabilities that pfqd(8) names.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
start_group demo
# CAP_DAC_READ_SEARCH 2, CAP_NET_ADMIN 12, CAP_NET_RAW 13, CAP_IPC_LOCK 14, CAP_SYS_NICE 23,
# CAP_BPF 39
allowed=$((1 << 2 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 23 | 1 << 39))
threads=0
for status in /proc/"${PID[engine]}"/task/*/status; do
	threads=$((threads + 1))
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		value=$((0x$(sed -n "s/^$set:[[:space:]]*//p" "$status")))
		[ $((value & ~allowed)) -eq 0 ] ||
			fail "$status: $set has $(printf '%x' $((value & ~allowed))) more" \
				"capabilities than allowed"
	done
	[ $((0x$(sed -n 's/^CapEff:[[:space:]]*//p' "$status") & 1 << 13)) -ne 0 ] ||
		fail "$status: without CAP_NET_RAW it cannot capture"
done
[ $threads -ge "$(engine_threads)" ] || fail "$threads threads: the workers are not among them"
stop_engine
