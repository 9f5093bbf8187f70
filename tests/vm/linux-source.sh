#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# linux-source.sh DIR: unpacks the distribution's linux-source-6.1 in DIR/source.
set -euo pipefail

[ $# -eq 1 ] || { echo "usage: $0 DIR" >&2; exit 2; }
mkdir -p "$1"
dir=$(realpath "$1")
[ ! -f "$dir/source/.complete" ] || exit 0
rm -rf "$dir/source" "$dir/deb"
mkdir -p "$dir/source" "$dir/deb"
(cd "$dir/deb" && apt-get -qq download linux-source-6.1 2> /dev/null) ||
	{ echo "linux-source.sh: no package linux-source-6.1" >&2; exit 77; }
dpkg-deb --fsys-tarfile "$dir"/deb/*.deb |
	tar -xO --wildcards './usr/src/linux-source-*.tar.xz' |
	tar -xJ -C "$dir/source" --strip-components=1
rm -r "$dir/deb"
touch "$dir/source/.complete"
