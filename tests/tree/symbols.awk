# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Part of symbols.sh. Reads rows of units.sh, then rows "OBJECT TYPE SYMBOL": which symbols two
# objects of one program export.
function take(unit,	n, part, i)
{
	if (unit in taken)
		return
	taken[unit] = 1
	n = split(objects[unit], part, " ")
	for (i = 1; i <= n; i++)
		look(part[i])
	n = split(libraries[unit], part, " ")
	for (i = 1; i <= n; i++)
		take(part[i])
}

function look(object,	n, word, i)
{
	n = split(exports[object], word, " ")
	for (i = 1; i <= n; i++) {
		if ((word[i] in owner) && owner[word[i]] != object) {
			print program ": " word[i] " is exported by " owner[word[i]] " and " object
			bad = 1
		}
		owner[word[i]] = object
	}
}

FNR == NR {
	if ($1 == "object")
		objects[$2] = objects[$2] " " $3
	else
		libraries[$2] = libraries[$2] " " $3
	unit[$2] = 1
	next
}

{
	exports[$1] = exports[$1] " " $3
}

END {
	for (program in unit) {
		split("", taken)
		split("", owner)
		take(program)
	}
	exit bad
}
