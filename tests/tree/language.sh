#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A comment or sentence names who does what, so it must not open with a pronoun such as "who",
# "what" or "that" (language.awk). language.table has the number of openings that are left. No
# number in it may rise.
#
# language.sh [--lower | --list [FOLDER]]: write the table again, with lower numbers; or print
# the sentences
. "$(dirname "$0")/lib.sh"

# print rows "KIND FOLDER-OR-FILE FILE LINE TEXT" of the sentences that open with a pronoun,
# and after each kind and folder a row "sum KIND FOLDER-OR-FILE BARE ALL"
today()
{
	tree_files '\.([ch]|inc|sh|awk|md)$|^man/.*\.[1-8]$' |
		xargs awk -f "$here/sentences.awk" | awk -f "$here/language.awk"
}

table()
{
	awk '$1 == "sum" && $4 { print $2, $3, $4 }'
}

case ${1:-} in
--lower)
	today | table | lower language
	;;
--list)
	today | grep -v '^sum' | grep "^[a-z]* ${2:-}" | cut -d ' ' -f 1,3-
	;;
*)
	today=$(today)
	ratchet language "an opening by a pronoun; tests/tree/language.sh --list shows them" \
		< <(table <<<"$today")
	awk '
	function share(name, bare, all)
	{
		printf "%s: %d of %d, %.1f %%\n", name, bare, all, 100 * bare / all
	}
	$1 == "sum" { share($2 " " $3, $4, $5); bare[$2] += $4; all[$2] += $5 }
	END { for (kind in all) share(kind " in all", bare[kind], all[kind]) }' <<<"$today" | sort
	finish
	;;
esac
