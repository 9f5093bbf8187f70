#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Rules for names. A library or program has each file name once, since debuggers and
# compilers print it without its folder. A program has each exported symbol once. The
# exported symbols of a library begin with its prefix. symbols.table has the folders and
# prefixes. Two shell libraries, which are the files that others source, do not define the same
# function. A script does not define a function that it sources.
. "$(dirname "$0")/units.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

unit_rows >"$work/units"
(
	cd "$build"
	awk '$1 == "object" { print $3 }' "$work/units" | sort -u |
		xargs "${nm[@]}" -A -g --defined-only 2>"$work/errors" |
		sed -n 's/^\([^:]*\):[0-9a-f ]* \([TDBRC]\) \([^_].*\)/\1 \2 \3/p'
) >"$work/symbols" || { cat "$work/errors"; echo "build all first"; exit 1; }
awk -f "$here/symbols.awk" "$work/units" "$work/symbols" | sort || failures=1

while read -r folder prefixes; do
	tree_files "^$folder/.*\.[ch]\$" >"$work/files"
	[ -s "$work/files" ] || says "tests/tree/symbols.table: there is no $folder with C files"
	while read -r name; do
		says "the file name $name is there more than once:" \
			"$(grep "/$name\$" "$work/files" | tr '\n' ' ')"
	done < <(sed 's,.*/,,' "$work/files" | sort | uniq -d)
	[ -n "$prefixes" ] || continue
	# Functions come from the sources, so those that are not built here count, too.
	# Variables come from the objects.
	{
		xargs awk -f "$here/functions.awk" <"$work/files" |
			awk '$4 == "global" { print $5, $1 }'
		sed -n "s,^\($folder/[^ ]*\) [DBRC] \(.*\),\2 \1,p" "$work/symbols"
	} | grep -Ev "^(${prefixes// /|})" >"$work/odd" || continue
	while read -r symbol file; do
		says "$file: $symbol is exported, and what $folder exports begins with: $prefixes"
	done <"$work/odd"
done < <(rows "$here/symbols.table")

tree_files '\.sh$' | xargs awk -f "$here/shell_functions.awk" | sort >"$work/shell"
[ ! -s "$work/shell" ] || says "$(cat "$work/shell")"
finish
