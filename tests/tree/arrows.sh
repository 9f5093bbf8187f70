#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The files of a folder include files of the folders that arrows.table names, and of no
# other. Folders without a line fail, also arrows that nothing needs any more, and circles.
. "$(dirname "$0")/lib.sh"

table=$here/arrows.table
list=$(mktemp)
trap 'rm -f "$list"' EXIT
tree_files '/.*\.([ch]|inc)$' >"$list"

# the includes of all files, resolved as the compiler does it: from the file's own folder, from the
# top, from include/
xargs grep -H '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]' /dev/null <"$list" |
	awk -v files="$list" -v table="$table" -f "$here/arrows.awk" | sort || failures=1

# tsort names the folders of a circle on lines of their own
circle=$(rows "$table" | sed 's,/*:, ,' |
	awk '{ for (i = 2; i <= NF; i++) print $1, $i }' | tsort 2>&1 >/dev/null) ||
	says "tests/tree/arrows.table: a circle:" \
		"$(sed -n 's/^tsort: \([^-]\)/\1/p' <<<"$circle" | xargs)"
finish
