#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# uml-kernel.sh DIR [MAKE-ARGUMENT...]: builds linux-source-6.1 as a program (uml.config),
# in DIR. A second call continues where the first was stopped. Prints the program.
# PFQ_UML_CONFIG: a file with more options
set -euo pipefail

[ $# -ge 1 ] || { sed -n '3s/^# \(.*\]\):.*/usage: \1/p' "$0" >&2; exit 2; }
here=$(dirname "$(realpath "$0")")
"$here/linux-source.sh" "$1"
dir=$(realpath "$1")
shift
# With AMX a process has 11 KiB of registers. This kernel reserves 2696 bytes and would
# stop.
grep -q 'HOST_FP_SIZE, 16384' "$dir/source/arch/x86/um/user-offsets.c" ||
	sed -i 's/\(HOST_FP_SIZE, \)2696/\116384/' "$dir/source/arch/x86/um/user-offsets.c"
build=$dir/build
mkdir -p "$build"
# Without a change, the kernel is not built anew.
cat "$here/uml.config" ${PFQ_UML_CONFIG:+"$PFQ_UML_CONFIG"} > "$build/all.config.new"
if ! cmp -s "$build/all.config.new" "$build/all.config"; then
	make -s --no-print-directory -C "$dir/source" O="$build" ARCH=um \
		KCONFIG_ALLCONFIG="$build/all.config.new" allnoconfig >&2
	mv "$build/all.config.new" "$build/all.config"
fi
make -s --no-print-directory -C "$dir/source" O="$build" ARCH=um "$@" linux modules >&2
echo "$build/linux"
