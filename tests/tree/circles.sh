#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Objects that need one another, directly or through others, form a circle. circles.table
# has all circles that are allowed, and each of them must exist.
. "$(dirname "$0")/units.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# the symbols of the build's objects: the object's name, then "SYMBOL-TYPE SYMBOL"
unit_rows >"$work/units"
(
	cd "$build"
	awk '$1 == "object" { print $3 }' "$work/units" | sort -u |
		xargs "${nm[@]}" -A -g 2>"$work/errors" |
		sed -n 's/^\([^:]*\):[0-9a-f ]* \([A-Z]\) \(.*\)/\1 \2 \3/p'
) >"$work/symbols" || { cat "$work/errors"; echo "build all first"; exit 1; }

# A build may have the module for any kernel, or no module. So its symbols are read from the
# sources; its exported symbols have a prefix.
tree_files '^kmod/.*\.c$' | xargs awk -f "$here/kmod_symbols.awk" >"$work/kmod"
sed 's/ .*//; s/^/object kmod /' "$work/kmod" | sort -u >>"$work/units"
cat "$work/kmod" >>"$work/symbols"

awk -v names="$work/names" -f "$here/circles.awk" "$work/units" "$work/symbols" |
	sort -u >"$work/found"
rows "$here/circles.table" | sort >"$work/allowed"

sed -n 's/^circle //p' "$work/found" | sort >"$work/circles"
while read -r circle; do
	says "a circle that tests/tree/circles.table does not allow: $circle"
	for name in $circle; do
		grep "^need $name " "$work/found" | sed 's/^need /    /'
	done
done < <(comm -23 "$work/circles" "$work/allowed")
# A build may lack some objects (no libpcap, no XDP). Their circles stay in the table.
while read -r circle; do
	for name in $circle; do
		[ -f "$name.c" ] || says "tests/tree/circles.table: there is no $name.c"
		grep -qx "$name" "$work/names" || continue 2
	done
	says "tests/tree/circles.table: this is no circle any more, take the line out: $circle"
done < <(comm -13 "$work/circles" "$work/allowed")
finish
