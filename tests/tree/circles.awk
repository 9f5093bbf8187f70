# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Part of circles.sh. Reads rows of units.sh, then rows "OBJECT TYPE SYMBOL". Prints
#	circle NAME...		objects that need one another
#	need NAME NAME SYMBOL...	in a circle, the first object needs SYMBOL... of the second
# and writes the names of all objects into the file @names.

# the path of an object's source without ".c": remove the parts that Automake adds
function source_name(object, unit)
{
	sub(/\.o$/, "", object)
	sub(/_pic$/, "", object)
	sub(/\.libs\//, "", object)
	sub(/^libpcap-pfq\/libpcap\//, "libpcap-pfq/", object)
	sub(/^.*\//, "", unit)
	gsub(/[-.+]/, "_", unit)
	if (match(object, "(^|/)" unit "-"))
		object = substr(object, 1, RSTART - 1) (RSTART > 1 ? "/" : "") \
			substr(object, RSTART + RLENGTH)
	return object
}

# collect the objects of a unit and of the libraries that it includes
function take(unit, into,	n, part, i)
{
	if (unit in taken)
		return
	taken[unit] = 1
	n = split(objects[unit], part, " ")
	for (i = 1; i <= n; i++)
		into[part[i]] = 1
	n = split(libraries[unit], part, " ")
	for (i = 1; i <= n; i++)
		take(part[i], into)
}

# keep in @live only the objects in a circle or on a path between two circles
function trim(	o, p, changed, in_, out)
{
	do {
		changed = 0
		split("", in_)
		split("", out)
		for (p in edge) {
			split(p, pair, SUBSEP)
			if ((pair[1] in live) && (pair[2] in live)) {
				out[pair[1]] = 1
				in_[pair[2]] = 1
			}
		}
		for (o in live)
			if (!(o in in_) || !(o in out)) {
				delete live[o]
				changed = 1
			}
	} while (changed)
}

function circles(	a, b, c, p, reach, done, text)
{
	for (p in edge) {
		split(p, pair, SUBSEP)
		if ((pair[1] in live) && (pair[2] in live))
			reach[pair[1], pair[2]] = 1
	}
	for (b in live)
		for (a in live)
			if ((a, b) in reach)
				for (c in live)
					if ((b, c) in reach)
						reach[a, c] = 1
	for (a in live) {
		if ((a in done) || !((a, a) in reach))
			continue
		text = ""
		for (b in live)
			if ((a, b) in reach && (b, a) in reach) {
				done[b] = a
				text = text " " name[b]
			}
		print "circle" sorted(text)
	}
	for (p in edge) {
		split(p, pair, SUBSEP)
		if (done[pair[1]] != "" && done[pair[1]] == done[pair[2]])
			print "need", name[pair[1]], name[pair[2]] edge[p]
	}
}

function sorted(text,	n, w, i, j, swap)
{
	n = split(text, w, " ")
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && w[j] < w[j - 1]; j--) {
			swap = w[j]
			w[j] = w[j - 1]
			w[j - 1] = swap
		}
	text = ""
	for (i = 1; i <= n; i++)
		text = text " " w[i]
	return text
}

FNR == NR {
	if ($1 == "object") {
		objects[$2] = objects[$2] " " $3
		name[$3] = source_name($3, $2)
	} else {
		libraries[$2] = libraries[$2] " " $3
	}
	unit[$2] = 1
	next
}

$2 ~ /[TDBRC]/ {
	defines[$1] = defines[$1] " " $3
}

$2 == "U" {
	needs[$1] = needs[$1] " " $3
}

END {
	for (o in name)
		print name[o] >names
	for (u in unit) {
		split("", taken)
		split("", live)
		split("", home)
		split("", edge)
		take(u, live)
		for (o in live) {
			n = split(defines[o], word, " ")
			for (i = 1; i <= n; i++)
				home[word[i]] = o
		}
		for (o in live) {
			n = split(needs[o], word, " ")
			for (i = 1; i <= n; i++)
				if ((word[i] in home) && home[word[i]] != o)
					edge[o, home[word[i]]] = edge[o, home[word[i]]] " " word[i]
		}
		trim()
		circles()
	}
}
