#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# debug-kernel.sh DIR [MAKE-ARGUMENT...]: build a kernel that checks itself (debug.config)
# from the distribution's linux-source-6.1, in DIR, for run.sh and behave.sh. Called
# again, it goes on where it was stopped. Prints what they call KERNELDIR.
set -euo pipefail

[ $# -ge 1 ] || { sed -n '3s/^# \(.*\]\):.*/usage: \1/p' "$0" >&2; exit 2; }
here=$(dirname "$(realpath "$0")")
"$here/linux-source.sh" "$1"
dir=$(realpath "$1")
shift
build=$dir/build
mkdir -p "$build"
if [ "$here/debug.config" -nt "$build/.config" ]; then
	make -s --no-print-directory -C "$dir/source" O="$build" KCONFIG_ALLCONFIG="$here/debug.config" allnoconfig >&2
fi
make -s --no-print-directory -C "$dir/source" O="$build" "$@" bzImage modules >&2
release=$(make -s --no-print-directory -C "$dir/source" O="$build" kernelrelease)
mkdir -p "$dir/boot" "$dir/lib/modules/$release"
cp "$build/arch/x86/boot/bzImage" "$dir/boot/vmlinuz-$release"
cp "$build"/modules.{order,builtin,builtin.modinfo} "$dir/lib/modules/$release/" 2> /dev/null || true
depmod -b "$dir" "$release"
ln -sfn "$build" "$dir/headers"
# ACPI: its interpreter takes minutes over the routing of interrupts; timers: a guest that has to wait
# for its CPUs finds that they do not work. A guest that is stopped for
# minutes is no fault: stalls of RCU tell of a CPU that hangs, soft lockups would tell of both.
echo "acpi=noirq no_timer_check loglevel=6 log_buf_len=8M nowatchdog rcupdate.rcu_cpu_stall_timeout=300 sysctl.kernel.hung_task_timeout_secs=600" > "$dir/cmdline"
echo "$dir"
