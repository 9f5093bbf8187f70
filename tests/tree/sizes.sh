#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A function has at most 50 lines, a file 500 lines, a line 100 columns. sizes.table has each
# function and file that is longer, and the number of wider lines in each folder.
#
# sizes.sh [--lower]: check, or write the table again with lower numbers
. "$(dirname "$0")/lib.sh"

# print today's rows
today()
{
	tree_files '\.([ch]|inc)$' | xargs awk -f "$here/functions.awk" |
		awk '$3 > 50 { print "function", $1, $5, $3 }'
	# A tab leads to the next multiple of 8. Of a character in UTF-8 only the first byte
	# counts.
	# shellcheck disable=SC2016
	tree_files '\.([ch]|inc|sh|awk)$' | xargs awk '
	FNR == 1 {
		dir = FILENAME
		if (!sub(/\/[^\/]*$/, "", dir))
			dir = "."
	}
	{
		lines[FILENAME] = FNR
		if (length($0) <= 51 && !/\t/)
			next
		gsub(/[\200-\277]/, "")
		columns = 0
		n = split($0, part, "\t")
		for (i = 1; i < n; i++)
			columns += length(part[i]) + 8 - (columns + length(part[i])) % 8
		if (columns + length(part[n]) > 100)
			wide[dir]++
	}
	END {
		for (f in lines)
			if (lines[f] > 500)
				print "file", f, lines[f]
		for (d in wide)
			print "wide", d, wide[d]
	}'
}

if [ "${1:-}" = --lower ]; then
	today | lower sizes
	exit
fi
ratchet sizes "function <= 50 lines, file <= 500 lines, line <= 100 columns" < <(today)
finish
