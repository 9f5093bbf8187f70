# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Reads shell scripts. A file that another one sources is a library. Prints each function that
# two libraries define, and each that a script defines although a library that it sources has
# it. Prints each sourced file that is not among the scripts.
FNR == 1 { scripts[FILENAME] }

/^[ \t]*(\.|source)[ \t]+["$a-z.]/ {
	path = $0
	sub(/^[ \t]*[a-z.]+[ \t]+/, "", path)
	gsub(/"/, "", path)
	# A variable or a command has the folder: the script's own one, or the top of the tree.
	gsub(/\$\{[^}]*\}|\$[A-Za-z0-9_]+/, "", path)
	gsub(/\$\([^)]*\)/, "", path)
	sub(/^\.?\//, "", path)
	if (path != "")
		sources[FILENAME] = sources[FILENAME] path "\n"
}

/^[ \t]*[A-Za-z_][A-Za-z0-9_]*[ \t]*\(\)/ {
	name = $0
	gsub(/^[ \t]*|[ \t]*\(\).*/, "", name)
	if (!((FILENAME, name) in defined)) {
		defined[FILENAME, name]
		files[name] = files[name] FILENAME "\n"
	}
}

function normal(path)
{
	while (sub(/[^\/]+\/\.\.\//, "", path))
		;
	return path
}

# resolve(FILE, PATH): return the script that FILE names by PATH
function resolve(file, path,	own)
{
	own = file
	sub(/[^\/]*$/, "", own)
	own = normal(own path)
	return own in scripts ? own : path in scripts ? path : ""
}

# reach(FROM, FILE): mark all files that FILE sources, and those that they source
function reach(from, file,	n, path, i, to)
{
	n = split(sources[file], path, "\n")
	for (i = 1; i < n; i++) {
		to = resolve(file, path[i])
		if (to == "") {
			if (from == file)
				print file ": it sources " path[i] ", which is not there"
			continue
		}
		libraries[to]
		if ((from, to) in reached)
			continue
		reached[from, to]
		reach(from, to)
	}
}

# compare(ONE, OTHER): print what is wrong if both define the function name
function compare(one, other)
{
	if (one in libraries && other in libraries && one < other)
		print one ": the library " other " defines " name "(), too"
	if (!(one in libraries) && (one, other) in reached)
		print one ": it sources " other ", which defines " name "(), too"
}

END {
	for (script in scripts)
		reach(script, script)
	for (name in files) {
		n = split(files[name], file, "\n")
		for (i = 1; i < n; i++)
			for (j = 1; j < n; j++)
				compare(file[i], file[j])
	}
}
