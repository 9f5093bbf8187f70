# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Judges what a step of a program costs over its work: lang-N is the program, hand-N its work in C.
# The policy "flow" and the program steer_flow are the same thing. Names that begin with "calls-"
# are of programs that are run by calls, and others by the switch.
#
# First file: lines "SCENARIO PACKETS STEPS", where STEPS is how many a packet takes. Second file:
# rows of stages.sh. all=1: all scenarios have been counted. room: percent that are allowed on top.

BEGIN {
	most[""] = 7 * (1 + room / 100)
	most["calls-"] = 12 * (1 + room / 100)
}

FNR == NR {
	scenario[++scenarios] = $1
	steps[$1] = $3
	next
}

$3 == "total" { total[$2] = $4 }

function says(text) {
	print text
	bad++
}

function judge(name,	way, bare, other, cost) {
	way = name ~ /^calls-/ ? "calls-" : ""
	bare = substr(name, length(way) + 1)
	if (bare !~ /^lang-/)
		return
	if (bare ~ /^lang-1(-|$)/)
		other = way (bare == "lang-1" ? "flow" : "single")
	else
		other = way "hand" substr(bare, 5)
	if (!(other in total)) {
		if (all)
			says(name ": " other " was not counted")
		return
	}
	judged[way]++
	if (bare ~ /^lang-1(-|$)/) {
		if (total[name] != total[other])
			says(name " takes " total[name] " instructions, but " other " takes " \
				total[other])
		return
	}
	cost = (total[name] - total[other]) / steps[name]
	printf "%-16s a step takes %.1f instructions over its work, of %.1f\n", name, cost, \
		most[way]
	if (cost > most[way])
		says(name ": a step takes more than " most[way] " instructions over its work")
}

END {
	for (i = 1; i <= scenarios; i++)
		judge(scenario[i])
	# 1, 5 and 15 steps, in batches and by single packets
	for (way in most)
		if (all && judged[way] < 6)
			says("only " judged[way] + 0 " of 6 programs " way "lang-N were counted")
	exit bad > 0
}
