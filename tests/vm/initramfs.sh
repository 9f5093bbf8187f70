#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# initramfs.sh KERNELDIR FILE: makes an initramfs for run.sh. It holds busybox, vm-init, and
# the modules needed to mount this machine's own root.
set -euo pipefail

[ $# -eq 2 ] || { echo "usage: $0 KERNELDIR FILE" >&2; exit 2; }
here=$(dirname "$(realpath "$0")")
kernel=$1
out=$(realpath -m "$2")
release=$(basename "$kernel"/lib/modules/*)
busybox=/bin/busybox
file -L "$busybox" | grep -q 'static' ||
	{ echo "$0: $busybox is missing or not static" >&2; exit 1; }

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree"/{bin,dev,proc,sys,modules,lower,machine,upper,root}
cp "$busybox" "$tree/bin/busybox"
install -m 755 "$here/vm-init" "$tree/init"

# Copy each module after those that it needs. Unpack compressed ones, because busybox loads
# plain files only.
n=0
seen=" "
add() {
	local module=$1 path name
	while read -r _ path _; do
		name=$(basename "$path")
		case $seen in *" $name "*) continue ;; esac
		seen="$seen$name "
		n=$((n + 1))
		name=$(printf '%s/modules/%02d-%s' "$tree" "$n" "${name%.xz}")
		case $path in
		*.xz) xz -dc "$path" > "$name" ;;
		*) cp "$path" "$name" ;;
		esac
	done < <(modprobe -d "$kernel" -S "$release" --show-depends "$module" | grep ^insmod)
}
for module in virtio_pci 9pnet_virtio 9p overlay; do
	add "$module"
done
(cd "$tree" && find . | cpio --quiet -o -H newc | gzip -1) > "$out"
