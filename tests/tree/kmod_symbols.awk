# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Prints the symbols pfqk_... that the module's sources define or use, as rows "OBJECT T|U SYMBOL".
FNR == 1 {
	object = FILENAME
	sub(/\.c$/, ".o", object)
	in_comment = 0
}

# Remove strings and comments, because they may name symbols, too.
{
	line = $0
	gsub(/"[^"]*"/, "", line)
	code = ""
	while (line != "") {
		at = index(line, in_comment ? "*/" : "/*")
		if (!in_comment)
			code = code (at ? substr(line, 1, at - 1) : line)
		if (!at)
			break
		line = substr(line, at + 2)
		in_comment = !in_comment
	}
	line = code
}

# A definition begins in the first column. It is a function, if the line does not end with a
# semicolon, or a variable.
line ~ /^[A-Za-z_]/ && line !~ /^(static|extern|typedef) / {
	if (match(line, /pfqk_[a-z0-9_]+\(/) && line !~ /;$/)
		print object, "T", substr(line, RSTART, RLENGTH - 1)
	else if (line !~ /\(/ && match(line, /pfqk_[a-z0-9_]+( __[a-z_]+)*( =.*|;|\[.*)$/)) {
		symbol = substr(line, RSTART, RLENGTH)
		sub(/[^a-z0-9_].*/, "", symbol)
		print object, "T", symbol
	}
}

{
	while (match(line, /pfqk_[a-z0-9_]+/)) {
		print object, "U", substr(line, RSTART, RLENGTH)
		line = substr(line, RSTART + RLENGTH)
	}
}
