#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The files of a folder may include only files of the folders that arrows.table names. The
# check also fails for a folder without a line, for an arrow that nothing needs, and for a
# circle of folders.
. "$(dirname "$0")/lib.sh"

table=$here/arrows.table
list=$(mktemp)
trap 'rm -f "$list"' EXIT
tree_files '/.*\.([ch]|inc)$' >"$list"

# print the includes of all files, resolved as the compiler does it: from the file's own
# folder, from the top, from include/
xargs grep -H '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]' /dev/null <"$list" |
	awk -v files="$list" -v table="$table" -f "$here/arrows.awk" | sort || failures=1

# tsort prints each folder of a circle on its own line.
circle=$(rows "$table" | sed 's,/*:, ,' |
	awk '{ for (i = 2; i <= NF; i++) print $1, $i }' | tsort 2>&1 >/dev/null) ||
	says "tests/tree/arrows.table: a circle:" \
		"$(sed -n 's/^tsort: \([^-]\)/\1/p' <<<"$circle" | xargs)"
finish
