#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# systemd.sh BUILD [NAME...]: runs the scripts of systemd/, or NAME..., in a guest with Debian's
# systemd, where this build is installed and pfqd is a unit. The kernel is the newest 6.12 whose
# headers are installed. At the end it prints how many scripts passed, failed and were skipped.
# If it cannot run anything, it exits with 77 and prints the reason.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
. "$here/../lib/say.sh"
[ $# -ge 1 ] || { sed -n '3s/^# \(.*\]\):.*/usage: \1/p' "$0" >&2; exit 2; }
build=$(realpath "$1")
shift
work=$build/tests/vm/systemd
mkdir -p "$work"

need qemu-system-x86_64 /bin/busybox modprobe depmod cpio file mmdebstrap
[ "$(uname -m)" = x86_64 ] || skip "the guest needs an x86_64 machine"
[ "$(id -u)" -eq 0 ] || skip "only root can make a root file system"

names=("$@")
[ $# -gt 0 ] || names=(captures captures-by-xdp exposure hidden-paths reload stops outlives-pfqd
	starts-meanwhile watchdog)
scripts=()
for name in "${names[@]}"; do
	[ -f "$here/systemd/$name.sh" ] || { echo "systemd.sh: no script $name" >&2; exit 2; }
	scripts+=("$here/systemd/$name.sh")
done

headers=$(printf '%s\n' /usr/src/linux-headers-6.12.*-amd64 | sort -V | tail -n 1)
[ -d "$headers" ] || skip "no headers of a 6.12 kernel (Debian: linux-headers-6.12-amd64)"
status=0
kernel=$("$here/kernel.sh" "${headers#/usr/src/linux-headers-}" "$build/tests/vm/kernels") ||
	status=$?
[ $status -ne 77 ] || skip "the package of the kernel cannot be fetched"
[ $status -eq 0 ] || fail "the kernel cannot be unpacked"

echo "RUN systemd: root file system"
rm -rf "$work/installed"
make -s -C "$build" install DESTDIR="$work/installed" > "$work/install.log" 2>&1 ||
	{ tail -n 5 "$work/install.log"; fail "make install"; }
"$here/root.sh" "$work" "$work/installed" "$build/tests/tools/pfq-check"

begun=$SECONDS said=$work/said status=0 limit=${PFQ_VM_SECONDS:-$((600 + 240 * ${#scripts[@]}))}
rm -f "$work/guest/log"
# A script may take long while other programs use the machine.
"$here/run.sh" -k "$kernel" -r "$work/root" -c 2 -m 2048 \
	-t "$limit" -b "$build" -o "$work/guest" -- \
	env PFQ_SCRIPT_SECONDS="${PFQ_SCRIPT_SECONDS:-600}" PFQ_GUEST_SECONDS="$limit" \
	PFQ_VM_VERBOSE="${PFQ_VM_VERBOSE:-}" PFQ_BUILD="$build" PFQ_PATIENCE=4 \
	bash "$here/behave.sh" --guest "${scripts[@]}" > "$said" &
guest=$!
# Show the name of each script when it begins. tail starts before the guest has made the log.
tail -n +1 -F --pid=$guest "$work/guest/log" 2> /dev/null |
	sed -un 's/^RUN /RUN systemd, /p' || true
wait $guest || status=$?
grep -v '^RUN ' "$said" || true
passed=$(grep -c '^PASS ' "$said" || true)
skipped=$(grep -c '^SKIP ' "$said" || true)
failed=$((${#scripts[@]} - passed - skipped))
# No script failed, but the kernel complained.
[ $status -eq 0 ] || [ $failed -gt 0 ] || failed=1
echo "systemd.sh: $passed passed, $failed failed, $skipped skipped, $((SECONDS - begun)) s"
[ $failed -eq 0 ]
