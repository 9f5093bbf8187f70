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
	make -s -C "$dir/source" O="$build" KCONFIG_ALLCONFIG="$here/debug.config" allnoconfig >&2
fi
make -s -C "$dir/source" O="$build" "$@" bzImage modules >&2
release=$(make -s -C "$dir/source" O="$build" kernelrelease)
mkdir -p "$dir/boot" "$dir/lib/modules/$release"
cp "$build/arch/x86/boot/bzImage" "$dir/boot/vmlinuz-$release"
cp "$build"/modules.{order,builtin,builtin.modinfo} "$dir/lib/modules/$release/" 2> /dev/null || true
depmod -b "$dir" "$release"
ln -sfn "$build" "$dir/headers"
# the interpreter of ACPI takes minutes over the routing of interrupts
echo "acpi=noirq loglevel=6" > "$dir/cmdline"
echo "$dir"
