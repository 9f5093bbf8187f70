#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# check.sh BUILD [quick | both | NAME...]: tests the module on each kernel whose headers are
# installed (the newest 6.12 and 6.1; PFQ_VERSIONS names others). It builds the module with all
# warnings and by DKMS, and runs scripts in guests under QEMU:
#
# with 4 CPUs: the scripts of kmod/, the demonstration, and scripts of tests/netns: the "quick"
#              ones of ./behaviours (the default), the "quick" and the "both" ones, or NAME...;
#              kmod/counts.sh, promisc.sh, parameters.sh, slack.sh, apparmor.sh and
#              hostile-programs.sh only with "both"
# with 1 CPU:  kmod/capture.sh and kmod/unsigned.sh; with "both" also kmod/counts.sh and the
#              "quick" ones
#
# With "quick", only the first kernel gets these guests. The second gets one guest with the
# scripts in $smoke. At the end it prints how many scripts passed, failed and were skipped. If
# it cannot run anything, it exits with 77 and prints the reason.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
. "$here/../lib/say.sh"
[ $# -ge 1 ] || { sed -n '3s/^# \(.*\]\):.*/usage: \1/p' "$0" >&2; exit 2; }
build=$(realpath "$1")
shift
work=$build/tests/vm
mkdir -p "$work"

need qemu-system-x86_64 /bin/busybox modprobe depmod cpio file
[ "$(uname -m)" = x86_64 ] || skip "the guests need an x86_64 machine"
[ "$(id -u)" -eq 0 ] ||
	skip "only root can read all files of this machine, and the guest reads them"

# listed "KIND...": print the scripts of these kinds in ./behaviours
listed()
{
	awk -v kinds="$1" '!/^#/ && index(kinds, $2) { print $1 }' "$here/behaviours"
}

scripts=("$here"/kmod/{capture,without-pfqd,tap,observe,idle,memory,hostile-memory}.sh
	"$here"/kmod/{cgroup,timestamps}.sh "$here/../demo.sh")
alone=("$here/kmod/capture.sh")
# for a second kernel: each way of packets into the module, with programs and with pfqd
smoke=("$here"/kmod/{capture,tap}.sh "$here/../netns/live-filter.sh" "$here/kmod/unsigned.sh")
mode=${1:-quick}
case $mode in
quick) mapfile -t names < <(listed quick) ;;
both)
	mapfile -t names < <(listed "quick both")
	scripts+=("$here"/kmod/{counts,promisc,parameters,slack,apparmor,hostile-programs}.sh)
	alone+=("$here/kmod/counts.sh")
	for name in $(listed quick); do
		alone+=("$here/../netns/$name.sh")
	done
	;;
*) names=("$@") ;;
esac
# the last script of its guest: nothing can switch off what it switches on
alone+=("$here/kmod/unsigned.sh")
for name in "${names[@]}"; do
	[ -f "$here/../netns/$name.sh" ] || { echo "check.sh: no script $name" >&2; exit 2; }
	scripts+=("$here/../netns/$name.sh")
done

# no_warnings HEADERS: build the module with W=1, and with sparse if installed; fail if there
# are warnings
no_warnings()
{
	local log=$work/warnings.log sparse=()

	! command -v sparse > /dev/null || sparse=(C=2)
	rm -rf "$work/strict"
	make -C "$here/../../kmod" KDIR="$1" O="$work/strict" W=1 "${sparse[@]}" > "$log" 2>&1 ||
		{ cat "$log"; return 1; }
	! grep -E 'warning:|error:' "$log"
}

# same_version HEADERS: the kernel's own make gives the module that no_warnings() built the same
# version as kmod/Makefile
same_version()
{
	local module=$work/strict/kmod/pfq.ko version

	version=$(modinfo -F version "$module")
	make -C "$1" M="$work/strict/kmod" W=1 modules > "$work/version.log" 2>&1 ||
		{ cat "$work/version.log"; return 1; }
	[ -n "$version" ] && [ "$(modinfo -F version "$module")" = "$version" ] ||
		{ echo "version \"$(modinfo -F version "$module")\", not \"$version\""; return 1; }
}

passed=0 failed=0 skipped=0

# guest RELEASE CPUS SCRIPT...: run the scripts in one guest. A script without a result has
# failed.
guest()
{
	local said=$work/said status=0 ok skips begun=$SECONDS guest where

	where="$1, $2 CPU$([ "$2" -eq 1 ] || echo s)"
	echo "$where:"
	rm -f "$build/vm-$1-$2/log"
	# A script may take long while other programs use the machine.
	PFQ_SCRIPT_SECONDS=${PFQ_SCRIPT_SECONDS:-600} \
		PFQ_VM_SECONDS=${PFQ_VM_SECONDS:-$((300 + 90 * ($# - 2)))} \
		"$here/behave.sh" "$work/kernels/$1" "$build" "$2" "${@:3}" > "$said" &
	guest=$!
	# Show the name of each script when it begins, and the results when all have ended. tail
	# starts before the guest has made the log.
	tail -n +1 -F --pid=$guest "$build/vm-$1-$2/log" 2> /dev/null |
		sed -un "s/^RUN /RUN $where, /p" || true
	wait $guest || status=$?
	grep -v '^RUN ' "$said" || true
	ok=$(grep -c '^PASS ' "$said" || true)
	skips=$(grep -c '^SKIP ' "$said" || true)
	passed=$((passed + ok))
	skipped=$((skipped + skips))
	failed=$((failed + $# - 2 - ok - skips))
	# No script failed, but the kernel complained.
	[ $status -eq 0 ] || [ $((ok + skips)) -lt $(($# - 2)) ] || failed=$((failed + 1))
	echo "$1: $ok of $(($# - 2)) passed, $skips skipped, $((SECONDS - begun)) s"
}

make -s -C "$work" kmod-memory kmod-program kmod-stress kmod-witness kmod-word \
	> "$work/programs.log" 2>&1 ||
	{ cat "$work/programs.log"; exit 1; }
run=0
for version in ${PFQ_VERSIONS:-6.12 6.1}; do
	headers=$(printf '%s\n' /usr/src/linux-headers-"$version".*-amd64 | sort -V | tail -n 1)
	if ! [ -d "$headers" ]; then
		echo "$version: skipped: no headers" \
			"(Debian: linux-headers-amd64, linux-headers-6.12-amd64)"
		continue
	fi
	release=${headers#/usr/src/linux-headers-}
	status=0
	"$here/kernel.sh" "$release" "$work/kernels" > /dev/null || status=$?
	if [ $status -eq 77 ]; then
		echo "$version: skipped: the package of kernel $release cannot be fetched"
		continue
	fi
	if [ $status -ne 0 ]; then
		echo "$release: the kernel cannot be unpacked"
		failed=$((failed + 1))
		continue
	fi
	echo "RUN $release: build with W=1"
	no_warnings "$headers" && same_version "$headers" || failed=$((failed + 1))
	echo "RUN $release: build by DKMS"
	"$here/dkms.sh" "$release" "$build" || {
		echo "FAIL dkms for $release"
		failed=$((failed + 1))
	}
	if [ "$mode" = quick ] && [ $run -eq 1 ]; then
		guest "$release" 4 "${smoke[@]}"
	else
		guest "$release" 1 "${alone[@]}"
		guest "$release" 4 "${scripts[@]}"
	fi
	run=1
done
[ $run -eq 1 ] || skip "there is no kernel with its headers"
echo "check.sh: $passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
