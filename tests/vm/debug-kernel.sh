#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# debug-kernel.sh DIR [MAKE-ARGUMENT...]: builds a kernel that checks itself (debug.config)
# from the distribution's linux-source-6.1, in DIR, for run.sh and behave.sh. A second call
# continues where the first was stopped. Prints the KERNELDIR for them.
set -euo pipefail

[ $# -ge 1 ] || { sed -n '3s/^# \(.*\]\):.*/usage: \1/p' "$0" >&2; exit 2; }
here=$(dirname "$(realpath "$0")")
"$here/linux-source.sh" "$1"
dir=$(realpath "$1")
shift
build=$dir/build
mkdir -p "$build"
if [ "$here/debug.config" -nt "$build/.config" ]; then
	make -s --no-print-directory \
		-C "$dir/source" O="$build" KCONFIG_ALLCONFIG="$here/debug.config" allnoconfig >&2
fi
make -s --no-print-directory -C "$dir/source" O="$build" "$@" bzImage modules >&2
release=$(make -s --no-print-directory -C "$dir/source" O="$build" kernelrelease)
mkdir -p "$dir/boot" "$dir/lib/modules/$release"
cp "$build/arch/x86/boot/bzImage" "$dir/boot/vmlinuz-$release"
cp "$build"/modules.{order,builtin,builtin.modinfo} "$dir/lib/modules/$release/" 2> /dev/null ||
	true
depmod -b "$dir" "$release"
ln -sfn "$build" "$dir/headers"
# acpi=noirq: the ACPI interpreter takes minutes for the interrupt routing. no_timer_check:
# a guest that waits for its CPUs finds that timers do not work. A guest that is stopped for
# minutes is no fault. RCU stalls still report a CPU that hangs; soft lockups would report
# both.
echo "acpi=noirq no_timer_check loglevel=6 log_buf_len=8M nowatchdog" \
	"rcupdate.rcu_cpu_stall_timeout=300 sysctl.kernel.hung_task_timeout_secs=600" \
	> "$dir/cmdline"
echo "$dir"
