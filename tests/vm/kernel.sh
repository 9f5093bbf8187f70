#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# kernel.sh RELEASE DIR: puts the distribution's kernel RELEASE (as 6.1.0-56-amd64) into
# DIR/RELEASE, where run.sh boots it. If this machine has it installed, it is taken from
# there. Otherwise the package is fetched and unpacked, but not installed. Prints the
# folder.
set -euo pipefail

[ $# -eq 2 ] || { echo "usage: $0 RELEASE DIR" >&2; exit 2; }
release=$1
root=$2/$release

if ! [ -f "$root/.complete" ]; then
	rm -rf "$root"
	mkdir -p "$root"
	if [ -f "/boot/vmlinuz-$release" ] && [ -d "/lib/modules/$release/kernel" ]; then
		mkdir -p "$root/boot" "$root/lib/modules"
		cp "/boot/vmlinuz-$release" "$root/boot/"
		cp -r "/lib/modules/$release" "$root/lib/modules/"
	else
		(cd "$root" && apt-get -qq download "linux-image-$release" 2> /dev/null) ||
			{ echo "kernel.sh: linux-image-$release cannot be fetched" >&2; exit 77; }
		dpkg-deb -x "$root"/*.deb "$root"
		rm "$root"/*.deb
		# Packages made after the merge of /usr have modules there.
		[ -d "$root/lib" ] || ln -s usr/lib "$root/lib"
	fi
	depmod -b "$root" "$release"
	touch "$root/.complete"
fi
echo "$root"
