# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Part of arrows.sh: compares lines "FILE:#include ..." with the table.
function folder(path)
{
	return path ~ /\// ? substr(path, 1, match(path, /\/[^\/]*$/) - 1) : "."
}

function normal(path)
{
	while (sub(/[^\/]+\/\.\.\//, "", path))
		;
	gsub(/\.\//, "", path)
	return path
}

# the row of a folder: its own, or the row of a folder above it if that row ends in a slash
function row(dir,	up)
{
	if (dir in has_row)
		return dir
	for (up = dir; up != "."; up = folder(up))
		if (up in has_row_for_all)
			return up
	return ""
}

function target(file, name,	path)
{
	path = normal(folder(file) "/" name)
	if (path in is_file)
		return path
	if (name in is_file)
		return name
	return ("include/" name) in is_file ? "include/" name : ""
}

BEGIN {
	while ((getline line <table) > 0) {
		sub(/[ \t]*#.*/, "", line)
		n = split(line, word, " ")
		if (!n)
			continue
		from = word[1]
		sub(/:$/, "", from)
		if (sub(/\/$/, "", from))
			has_row_for_all[from] = 1
		has_row[from] = 1
		for (i = 2; i <= n; i++)
			allowed[from " " word[i]] = 1
	}
	while ((getline line <files) > 0) {
		is_file[line] = 1
		dir = folder(line)
		if (row(dir) == "")
			lost[dir] = 1
		else
			used_row[row(dir)] = 1
	}
	for (dir in lost) {
		print dir ": has no line in tests/tree/arrows.table"
		bad = 1
	}
	for (dir in has_row)
		if (!(dir in used_row)) {
			print "tests/tree/arrows.table: " dir " has a line, but no files"
			bad = 1
		}
}

{
	file = substr($0, 1, index($0, ":") - 1)
	name = $0
	sub(/^[^<"]*[<"]/, "", name)
	sub(/[>"].*/, "", name)
	to_file = target(file, name)
	if (to_file == "")
		next
	from = row(folder(file))
	to = row(folder(to_file))
	if (from == "" || to == "" || from == to)
		next
	used[from " " to] = 1
	if (!((from " " to) in allowed)) {
		print file ": includes " to_file ", and tests/tree/arrows.table has no arrow" \
			" from " from " to " to
		bad = 1
	}
}

END {
	for (arrow in allowed)
		if (!(arrow in used)) {
			split(arrow, word, " ")
			print "tests/tree/arrows.table: nothing needs the arrow from " word[1] \
				" to " word[2]
			bad = 1
		}
	exit bad
}
