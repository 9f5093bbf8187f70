#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# One word has one meaning, and one thing has one word: comments, texts and the strings of C files
# use no word that synonyms.table refuses.
. "$(dirname "$0")/lib.sh"

# strings: print the strings of C files, as rows of sentences.awk
strings()
{
	# shellcheck disable=SC2016 # fields of awk
	tree_files '\.[ch]$' | xargs awk '
	/^[ \t]*#[ \t]*include/ { next }
	{
		rest = $0
		while (match(rest, /"[^"]*"/)) {
			print "string", FILENAME, FNR, "in", substr(rest, RSTART + 1, RLENGTH - 2)
			rest = substr(rest, RSTART + RLENGTH)
		}
	}'
}

# refused: print where the rows "KIND FILE LINE WHERE WORDS" on standard input have a refused word
refused()
{
	awk '
	FNR == NR {
		n++
		split($0, field, /  +/)
		files[n] = field[1]
		word[n] = "[^a-z0-9_.>-](" field[2] ")[^a-z0-9_]"
		right[n] = field[3]
		next
	}
	{
		text = $0
		sub(/^([^ ]+ ){4}/, "", text)
		text = " " tolower(text) " "
		# the area of a ring that the consumer writes, by its name in linux/pfq.h
		gsub(/ reader areas?/, "", text)
		for (i = 1; i <= n; i++)
			if ($2 ~ files[i] && match(text, word[i]))
				print $2 ":" $3 ": \"" substr(text, RSTART + 1, RLENGTH - 2) \
					"\" is called: " right[i]
	}' <(rows "$here/synonyms.table") -
}

found=$({
	tree_files '\.([ch]|inc|sh|awk|md)$|^man/.*\.[1-8]$' | xargs awk -f "$here/sentences.awk"
	strings
} | refused)
[ -z "$found" ] || says "$found"
printf '%d words refused\n' "$(rows "$here/synonyms.table" | wc -l)"
finish
