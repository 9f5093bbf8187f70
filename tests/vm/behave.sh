#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# behave.sh KERNELDIR BUILD CPUS SCRIPT...: runs scripts of tests/netns or tests/vm/kmod
# on the kernel engine. It builds the module for that kernel, whose headers must be installed,
# and the guest loads it. PFQ_VM_SECONDS (300): the time limit of the guest. PFQ_SCRIPT_SECONDS
# (300): that of each script, which also ends a minute before the guest does, and says where it was.
set -euo pipefail

here=$(dirname "$(realpath "$0")")

# Unload the module; fail if a process still uses it.
unloaded()
{
	local i

	[ -d /sys/module/pfq ] || return 0
	for ((i = 0; i < 50; i++)); do
		! rmmod pfq 2> /dev/null || return 0
		sleep 0.1
	done
	echo "behave.sh: the module cannot be unloaded: $(lsmod | grep ^pfq)"
	return 1
}

# script_limit: print how many seconds a script may take. PFQ_GUEST_SECONDS: the limit of the guest.
script_limit()
{
	awk -v limit="${PFQ_SCRIPT_SECONDS:-300}" -v guest="$PFQ_GUEST_SECONDS" '{
		left = int(guest - $1) - 60
		print limit < left ? limit : left
	}' /proc/uptime
}

if [ "${1:-}" = --guest ]; then
	shift
	modprobe veth 2> /dev/null || true
	worst=0 n=0
	for script; do
		status=0 begun=$SECONDS n=$((n + 1))
		# check.sh reads this line while the guest runs.
		echo "RUN $n of $#: $(basename "$script" .sh)"
		: > /tmp/script.log
		if [ -n "${PFQ_VM_VERBOSE:-}" ]; then
			tail -n +1 -f /tmp/script.log &
			tail=$!
		fi
		limit=$(script_limit)
		# A script ends when the command that it runs has ended.
		if [ "$limit" -gt 0 ]; then
			timeout -k 50 "$limit" bash "$script" >> /tmp/script.log 2>&1 || status=$?
		else
			echo "the time of the guest is over" >> /tmp/script.log
			status=1
		fi
		unloaded >> /tmp/script.log || status=1
		[ -z "${PFQ_VM_VERBOSE:-}" ] || { sleep 2; kill "$tail"; }
		if [ $status -eq 77 ]; then
			echo "SKIP $(basename "$script" .sh): $(tail -n 1 /tmp/script.log)"
		elif [ $status -eq 0 ]; then
			echo "PASS $(basename "$script" .sh) $((SECONDS - begun)) s"
			# the notes of the script, beside its result
			grep '^NOTE ' /tmp/script.log || true
		else
			sed 's/^/| /' /tmp/script.log
			echo "FAIL $(basename "$script" .sh) $((SECONDS - begun)) s: status $status"
			worst=1
		fi
	done
	exit $worst
fi

[ $# -ge 4 ] || { sed -n '3s/^# \(.*SCRIPT\.\.\.\):.*/usage: \1/p' "$0" >&2; exit 2; }
kernel=$1 build=$(realpath "$2") cpus=$3
shift 3
release=$(basename "$kernel"/lib/modules/*)
headers=$kernel/headers
[ -d "$headers" ] || headers=/usr/src/linux-headers-$release
[ -d "$headers" ] || { echo "behave.sh: $headers is missing" >&2; exit 77; }
make -s -C "$here/../../kmod" KDIR="$headers" O="$build/kmod-$release" \
	> "$build/kmod-$release.log" 2>&1 ||
	{ cat "$build/kmod-$release.log" >&2; exit 1; }
# Build the module of a test device here, too: the guest would take minutes.
stamping=$build/kmod-$release/stamping
mkdir -p "$stamping"
cp "$here"/kmod/stamping/* "$stamping/"
make -s -C "$headers" M="$stamping" modules > "$stamping.log" 2>&1 ||
	{ cat "$stamping.log" >&2; exit 1; }
# PFQ_PATIENCE: the processor is emulated, and other programs share it.
exec "$here/run.sh" -k "$kernel" -c "$cpus" -m 2048 -t "${PFQ_VM_SECONDS:-300}" \
	-b "$build" -o "$build/vm-$release-$cpus" -- \
	env PFQ_SCRIPT_SECONDS="${PFQ_SCRIPT_SECONDS:-300}" \
	PFQ_GUEST_SECONDS="${PFQ_VM_SECONDS:-300}" \
	SECONDS_TO_RUN="${SECONDS_TO_RUN:-60}" ROUND_SECONDS="${ROUND_SECONDS:-120}" \
	RATE="${RATE:-200}" SEED="${SEED:-1}" PFQ_VM_VERBOSE="${PFQ_VM_VERBOSE:-}" \
	${PFQ_REPLACEMENTS:+PFQ_REPLACEMENTS="$PFQ_REPLACEMENTS"} \
	${PFQ_FAULTS:+PFQ_FAULTS="$PFQ_FAULTS"} ${PFQ_SEED:+PFQ_SEED="$PFQ_SEED"} \
	PFQ_BUILD="$build" PFQ_KO="$build/kmod-$release/kmod/pfq.ko" \
	PFQ_STAMPING_KO="$stamping/stamping.ko" PFQ_TEST_ENGINE=kernel PFQ_PATIENCE=4 \
	bash "$here/behave.sh" --guest "$@"
