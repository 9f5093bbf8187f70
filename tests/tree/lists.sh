#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Lists that are kept twice must be equal: the module's files in kmod/, kmod/Kbuild and
# kmod/install.am; the scripts of tests/netns, its Makefile.am and tests/vm/behaviours. The files
# that the scripts of the comparison name must exist.
. "$(dirname "$0")/lib.sh"

# same WHAT ONE OTHER TEXT-OF-ONE TEXT-OF-OTHER: the two lists must have the same words
same()
{
	local word

	for word in $(comm -23 <(sort -u <<<"$4") <(sort -u <<<"$5")); do
		says "$1 $word: $2 has it, and $3 lacks it"
	done
	for word in $(comm -13 <(sort -u <<<"$4") <(sort -u <<<"$5")); do
		says "$1 $word: $3 has it, and $2 lacks it"
	done
}

# value FILE NAME: print the words of a variable of a Makefile
value()
{
	sed -e ':more' -e '/\\$/{N;s/\\\n/ /;bmore' -e '}' "$1" |
		sed -n "s/^$2 *:\\{0,1\\}= *//p" | tr -s '[:blank:]' '\n' | sed '/^$/d'
}

# included: print the files of core/ that the module's sources include, directly or through
# others
included()
{
	tree_files '^(core|kmod)/.*\.([ch]|inc)$' | xargs grep -H '^#include "' | awk -F '[:"]' '
	{
		path = $1
		sub(/[^\/]*$/, "", path)
		path = path $3
		sub(/[^\/]*\/\.\.\//, "", path)
		to[$1] = to[$1] " " path
	}
	function take(file,	n, part, i)
	{
		if (file in taken)
			return
		taken[file] = 1
		if (file ~ /^core\//)
			print file
		n = split(to[file], part, " ")
		for (i = 1; i <= n; i++)
			take(part[i])
	}
	END {
		for (file in to)
			if (file ~ /^kmod\//)
				take(file)
	}'
}

# --- the module: Kbuild links it, DKMS gets its sources -------------------------------------------
sources=$(value kmod/install.am kmod_sources)
same file kmod/Kbuild kmod/install.am \
	"$(value kmod/Kbuild pfq-y | sed 's,^,kmod/,; s/o$/c/')" "$(grep '\.c$' <<<"$sources")"
same file kmod/ kmod/install.am "$(tree_files '^kmod/.*\.[ch]$')" "$(grep '\.[ch]$' <<<"$sources")"
same file "kmod/'s #include" kmod/install.am "$(included)" "$(value kmod/install.am kmod_core)"

# --- behaviour scripts: tests/netns/Makefile.am and tests/vm/behaviours ---------------------------
scripts=$(tree_files '^tests/netns/.*\.sh$' | sed 's,.*/,,; s/\.sh$//')
same script tests/netns/Makefile.am tests/netns/ \
	"$(value tests/netns/Makefile.am TESTS | sed 's/\.sh$//')" "$scripts"
same script tests/vm/behaviours tests/netns/ \
	"$(rows tests/vm/behaviours | awk '{ print $1 }')" "$scripts"
while read -r script kind why; do
	case $kind:$why in
	quick: | both: | user:?*) ;;
	*) says "tests/vm/behaviours, $script: it is quick, both, or user and a reason" ;;
	esac
done < <(rows tests/vm/behaviours)

# --- the comparison: $HERE is bench/ in all its scripts -------------------------------------------
while IFS=: read -r script file; do
	[ -e "bench/$file" ] || says "$script: there is no bench/$file"
done < <(tree_files '^bench/(bench|compare/.*)\.sh$' | xargs grep -oH '[$]HERE/[a-z_./-]*[a-z]' |
	sed 's,[$]HERE/,,')

finish
