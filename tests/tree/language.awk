# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Part of language.sh: prints the sentences of sentences.awk that open with a bare pronoun.
BEGIN {
	# After "this", "that" or "such", these words show that no noun follows.
	n = split("is are was were has have had does do did can cannot could may might must" \
		" shall should will would in on at of to for with by from without before after" \
		" above below as than which who whose what that where when not also only alone" \
		" itself it they we you a an the all no nothing each there said", word, " ")
	for (i = 1; i <= n; i++)
		no_noun[word[i]] = 1
}

function plain(word)
{
	gsub(/^[(*]+|[)*]+$/, "", word)
	return tolower(word)
}

# a verb such as "takes", but not "process" or "status"
function is_verb(word)
{
	return word ~ /[^su]s$/
}

function is_bare(where, first, second)
{
	if (first ~ /^(who|whom|whose|whoever|what|whatever|which|whichever)$/)
		return 1
	# An earlier sentence may name the noun of "it".
	if (first ~ /^(it|they)$/)
		return where == "opens"
	if (first ~ /^(this|these)$/ && where == "follows")
		return 0
	if (first ~ /^(that|this)$/)
		return second == "" || second in no_noun || is_verb(second)
	if (first ~ /^(those|these|such)$/)
		return second == "" || (second in no_noun && first second !~ /^such(a|an|no)$/)
	return 0
}

{
	place = $2
	if ($1 == "comment" && !sub(/\/[^\/]*$/, "", place))
		place = "."
	kind = $1 == "text" ? "text" : $4 == "opens" ? "comment" : "sentence"
	first = plain($5)
	second = plain($6)
	# After punctuation no noun follows.
	if (sub(/[,:;.]+$/, "", first))
		second = ""
	sub(/[,:;.!]+$/, "", second)
	all[kind " " place]++
	if ($NF !~ /\?$/ && is_bare($4, first, second)) {
		bare[kind " " place]++
		text = $5
		for (i = 6; i <= NF; i++)
			text = text " " $i
		print kind, place, $2 ":" $3 ":", text
	}
}

END {
	for (k in all)
		print "sum", k, bare[k] + 0, all[k]
}
