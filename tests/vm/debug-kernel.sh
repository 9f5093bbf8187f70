#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# debug-kernel.sh DIR [MAKE-ARGUMENT...]: build a kernel that checks itself (debug.config)
# from the distribution's linux-source-6.1, in DIR, for run.sh and behave.sh. Called
# again, it goes on where it was stopped. Prints what they call KERNELDIR.
set -euo pipefail

[ $# -ge 1 ] || { sed -n '3s/^# \(.*\]\):.*/usage: \1/p' "$0" >&2; exit 2; }
here=$(dirname "$(realpath "$0")")
mkdir -p "$1"
dir=$(realpath "$1")
shift
package=linux-source-6.1

if ! [ -f "$dir/source/.complete" ]; then
	rm -rf "$dir/source" "$dir/deb"
	mkdir -p "$dir/source" "$dir/deb"
	(cd "$dir/deb" && apt-get -qq download $package) ||
		{ echo "debug-kernel.sh: no package $package" >&2; exit 77; }
	dpkg-deb --fsys-tarfile "$dir"/deb/*.deb |
		tar -xO --wildcards './usr/src/linux-source-*.tar.xz' | tar -xJ -C "$dir/source" --strip-components=1
	rm -r "$dir/deb"
	touch "$dir/source/.complete"
fi
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
