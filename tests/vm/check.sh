#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# check.sh BUILD [quick | both | NAME...]: the module on each kernel whose headers are
# installed (the newest of 6.1 and of 6.12): built without a warning, then under QEMU
# a capture with 1 CPU and the scripts of kmod/ with 4, the demonstration, and the behaviour scripts of
# tests/netns: those of ./behaviours that are "quick" (the default), all, or
# those named. Ends with 77 and a reason where nothing can be run.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
[ $# -ge 1 ] || { sed -n '3s/^# \(.*\]\):.*/usage: \1/p' "$0" >&2; exit 2; }
build=$(realpath "$1")
shift
work=$build/tests/vm
mkdir -p "$work"

skip()
{
	echo "check.sh: skipped: $*" >&2
	exit 77
}

for tool in qemu-system-x86_64 /bin/busybox modprobe depmod cpio file; do
	command -v $tool > /dev/null || skip "$tool is missing"
done
[ "$(uname -m)" = x86_64 ] || skip "the rig is for x86_64"
[ "$(id -u)" -eq 0 ] || skip "the guest's root is this machine's, which takes root to read"

# the scripts of a kind in the list
listed()
{
	awk -v kinds="$1" '!/^#/ && index(kinds, $2) { print $1 }' "$here/behaviours"
}

# a new script needs a line there
for script in "$here"/../netns/*.sh; do
	grep -q "^$(basename "$script" .sh) " "$here/behaviours" ||
		{ echo "check.sh: $(basename "$script") has no line in tests/vm/behaviours" >&2; exit 1; }
done

case ${1:-quick} in
quick) mapfile -t names < <(listed quick) ;;
both) mapfile -t names < <(listed "quick both") ;;
*) names=("$@") ;;
esac
scripts=("$here"/kmod/{capture,without-pfqd,tap,observe}.sh "$here/../demo.sh")
for name in "${names[@]}"; do
	[ -f "$here/../netns/$name.sh" ] || { echo "check.sh: no script $name" >&2; exit 2; }
	scripts+=("$here/../netns/$name.sh")
done

# no_warnings HEADERS: W=1, and sparse where it is installed
no_warnings()
{
	local log=$work/warnings.log sparse=()

	! command -v sparse > /dev/null || sparse=(C=2)
	rm -rf "$work/strict"
	make -C "$here/../../kmod" KDIR="$1" O="$work/strict" W=1 "${sparse[@]}" > "$log" 2>&1 ||
		{ cat "$log"; return 1; }
	! grep -E 'warning:|error:' "$log"
}

make -s -C "$work" kmod-stress > "$work/programs.log" 2>&1 || { cat "$work/programs.log"; exit 1; }
export PFQ_VM_SECONDS=${PFQ_VM_SECONDS:-420}
run=0 failed=0
for version in 6.1 6.12; do
	headers=$(printf '%s\n' /usr/src/linux-headers-"$version".*-amd64 | sort -V | tail -n 1)
	if ! [ -d "$headers" ]; then
		echo "$version: skipped: no headers (Debian: linux-headers-amd64, linux-headers-6.12-amd64)"
		continue
	fi
	release=${headers#/usr/src/linux-headers-}
	status=0
	kernel=$("$here/kernel.sh" "$release" "$work/kernels") || status=$?
	if [ $status -eq 77 ]; then
		echo "$version: skipped: the package of kernel $release cannot be fetched"
		continue
	fi
	run=1
	[ $status -eq 0 ] || { echo "$release: it cannot be unpacked"; failed=1; continue; }
	echo "$release: build with W=1"
	no_warnings "$headers" || failed=1
	echo "$release, 1 CPU:"
	"$here/behave.sh" "$kernel" "$build" 1 "$here/kmod/capture.sh" || failed=1
	echo "$release, 4 CPUs:"
	"$here/behave.sh" "$kernel" "$build" 4 "${scripts[@]}" || failed=1
done
[ $run -eq 1 ] || skip "there is no kernel with its headers"
exit $failed
