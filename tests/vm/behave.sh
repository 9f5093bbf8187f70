#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# behave.sh KERNELDIR BUILD CPUS SCRIPT...: run behaviour scripts (tests/netns/NAME.sh, or
# those of tests/vm/kmod) on the kernel engine: the module is built for that kernel,
# whose headers must be installed, and loaded in the guest. PFQ_VM_SECONDS: of all of it.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
if [ "${1:-}" = --guest ]; then
	shift
	mkdir -p /tmp/lib
	cp "$here/../lib/engine.sh" /tmp/lib/engine-user.sh
	cp "$here/engine.sh" /tmp/lib/engine.sh
	cp "$here"/../lib/{wire,tap,bench}.sh /tmp/lib/
	mount --bind /tmp/lib "$here/../lib"
	modprobe veth
	worst=0
	for script; do
		status=0
		bash "$script" || status=$?
		echo "$(basename "$script" .sh): $status"
		[ $status -eq 0 ] || [ $status -eq 77 ] || worst=1
		rmmod pfq 2> /dev/null || true
	done
	exit $worst
fi

[ $# -ge 4 ] || { sed -n '3s/^# \(.*SCRIPT\.\.\.\):.*/usage: \1/p' "$0" >&2; exit 2; }
kernel=$1 build=$(realpath "$2") cpus=$3
shift 3
release=$(basename "$kernel"/lib/modules/*)
headers=/usr/src/linux-headers-$release
[ -d "$headers" ] || { echo "behave.sh: $headers is missing" >&2; exit 77; }
make -s -C "$here/../../kmod" KDIR="$headers" O="$build/kmod-$release" > "$build/kmod-$release.log" 2>&1 ||
	{ cat "$build/kmod-$release.log" >&2; exit 1; }
if [ "$here/pfq-group.c" -nt "$build/pfq-group" ] || [ "$build/lib/.libs/libpfqclient.a" -nt "$build/pfq-group" ]; then
	read -ra nl < <(pkg-config --cflags --libs libnl-genl-3.0)
	gcc -Wall -Wextra -D_GNU_SOURCE -I"$here/../../include" -I"$here/../../lib" \
		-o "$build/pfq-group" "$here/pfq-group.c" \
		"$build"/lib/.libs/libpfq{client,msg}.a "${nl[@]}"
fi
exec "$here/run.sh" -k "$kernel" -c "$cpus" -m 2048 -t "${PFQ_VM_SECONDS:-300}" \
	-b "$build" -o "$build/vm-$release-$cpus" -- \
	env PFQ_BUILD="$build" PFQ_KO="$build/kmod-$release/kmod/pfq.ko" \
	PFQ_GROUP_TOOL="$build/pfq-group" bash "$here/behave.sh" --guest "$@"
