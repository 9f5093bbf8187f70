#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# kernel.sh PACKAGE DIR: fetch the distribution's kernel image PACKAGE (such as
# linux-image-6.1.0-56-amd64) and unpack it under DIR, where run.sh boots it
# from. Nothing is installed. Prints the folder.
set -euo pipefail

[ $# -eq 2 ] || { echo "usage: $0 PACKAGE DIR" >&2; exit 2; }
package=$1
root=$2/$package

if ! [ -f "$root/.complete" ]; then
	rm -rf "$root"
	mkdir -p "$root"
	(cd "$root" && apt-get -qq download "$package")
	dpkg-deb -x "$root"/*.deb "$root"
	rm "$root"/*.deb
	depmod -b "$root" "${package#linux-image-}"
	touch "$root/.complete"
fi
echo "$root"
