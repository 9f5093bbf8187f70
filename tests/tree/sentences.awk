# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Prints the sentences of comments (C, shell, awk), manual pages and Markdown, one on each line:
# KIND FILE LINE opens|follows WORDS...
# KIND is "comment" or "text". The first sentence of a comment, paragraph, item or cell "opens"
# it, so a pronoun in it has no noun before it.

# @callable: macros of mdoc that are also allowed within a line
BEGIN {
	abbreviation = "^\\(?(e\\.g|i\\.e|etc|vs|cf)\\.|\\.\\.\\.$"
	callable = "^(Ns|No|Ar|Cm|Ql|Fl|Pa|Xr|Ev|Dv|Oo|Oc|Pq|Ic|Em|Sy|Va|Fa|Fn|Nm|Ta)$"
}

# Add the words to the sentence. A word with a full stop ends it.
function put(words,	n, word, i)
{
	n = split(words, word, /[ \t]+/)
	for (i = 1; i <= n; i++) {
		if (word[i] == "")
			continue
		if (sentence == "")
			line = FNR
		sentence = sentence (sentence == "" ? "" : " ") word[i]
		if (word[i] ~ /[.!?]["')*`]*$/ && word[i] !~ abbreviation)
			stop()
	}
}

function stop()
{
	if (sentence ~ /[a-z]/) {
		print kind, file, line, where, sentence
		where = "follows"
	}
	sentence = ""
}

# The next sentence opens a comment, paragraph, item or cell.
function open_()
{
	stop()
	where = "opens"
}

# Add a line of a comment. After an empty line, and at an item, a sentence opens.
function comment_line(text)
{
	sub(/^[ \t]*\*?[ \t]*/, "", text)
	if (text ~ /^(SPDX-License-Identifier: |shellcheck |!\/)/)
		text = ""
	if (text ~ /^[-*=]*$/)
		open_()
	else if (sub(/^[-*] /, "", text))
		open_()
	put(text)
}

FNR == 1 {
	open_()
	file = FILENAME
	kind = FILENAME ~ /\.([ch]|inc|sh|awk)$/ ? "comment" : "text"
	style = FILENAME ~ /\.([ch]|inc)$/ ? "c" : FILENAME ~ /\.(sh|awk)$/ ? "hash" : \
		FILENAME ~ /\.md$/ ? "md" : "mdoc"
	inside = 0
	literal = 0
}

# --- C ----------------------------------------------------------------------------------------
style == "c" {
	rest = $0
	while (1) {
		if (inside) {
			at = index(rest, "*/")
			comment_line(at ? substr(rest, 1, at - 1) : rest)
			if (!at)
				break
			open_()
			inside = 0
			rest = substr(rest, at + 2)
		}
		gsub(/\\["'\\]/, "", rest)
		if (!match(rest, /"[^"]*"|'"'|\/\*|\/\/.*/))
			break
		found = substr(rest, RSTART, RLENGTH)
		before = substr(rest, 1, RSTART - 1)
		rest = substr(rest, RSTART + RLENGTH)
		if (found == "/*") {
			open_()
			inside = 1
		} else if (found ~ /^\/\//) {
			if (before ~ /[^ \t]/)
				open_()
			slashes = FNR
			comment_line(substr(found, 3))
			break
		}
	}
	if (!inside && slashes != FNR)
		open_()
	next
}

# --- shell and awk: lines that are a comment as a whole ------------------------------------------
style == "hash" {
	if (sub(/^[ \t]*#/, ""))
		comment_line($0)
	else
		open_()
	next
}

# --- Markdown ---------------------------------------------------------------------------------
style == "md" {
	if (/^```/) {
		literal = !literal
		open_()
	}
	if (literal || /^```/ || /^<!--.*-->$/)
		next
	if (/^#/ || /^[ \t]*$/ || /^[ \t]*([-*]|[0-9]+\.) /)
		open_()
	heading = /^#/
	sub(/^[ \t]*([-*]|[0-9]+\.|#+) /, "")
	gsub(/\]\([^)]*\)/, "")
	gsub(/\*\*|\[/, "")
	if (/^\|/) {
		n = split($0, cell, "|")
		for (i = 1; i <= n; i++) {
			open_()
			put(cell[i])
		}
		open_()
	} else
		put($0)
	if (heading)
		open_()
	next
}

# --- mdoc -------------------------------------------------------------------------------------
/^\.\\"/ {
	next
}

/^\.(Bd|Dl|D1|In|Fd|Ft|Fo|Fa|Fc)( |$)/ || /^\.Ed/ {
	literal = /^\.Bd .*-literal/ ? 1 : /^\.Ed/ ? 0 : literal
	open_()
	next
}

literal {
	next
}

/^\.(Sh|Ss|Pp|It|Bl|El|Nd|Dd|Dt|Os)( |$)/ {
	open_()
	# An item may begin with a macro; then its tag is a name and no text.
	if (/^\.(It|Nd) / && $2 !~ callable) {
		sub(/^\.(It|Nd) /, "")
		put(plain($0))
		open_()
	}
	next
}

{
	put(plain($0))
}

# a line of mdoc without its macros; a mark of punctuation belongs to the word before it
function plain(text,	n, word, i, out)
{
	if (text !~ /^\./)
		return unescaped(text)
	n = split(substr(text, 2), word, " ")
	out = ""
	for (i = 1; i <= n; i++) {
		if (word[i] ~ /^[A-Z][a-z]$/ && (i == 1 || word[i] ~ callable)) {
			if (word[i] == "Nm" && i == n)
				out = out " NAME"
			continue
		}
		out = out (word[i] ~ /^[.,;:)!?]$/ ? "" : " ") word[i]
	}
	return unescaped(out)
}

function unescaped(text)
{
	gsub(/\\f[BIRP]/, "", text)
	gsub(/\\-/, "-", text)
	gsub(/\\&/, "", text)
	gsub(/\\\(../, "", text)
	gsub(/"/, "", text)
	return text
}

END {
	stop()
}
