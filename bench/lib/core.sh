# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The part "core": the datapath without ingest and consumers, its time by bench-core, its
# instructions by callgrind, which are the same each time and so counted once.

CORE_PACKETS=10000000

# core_instructions STEER: a number, or why there is none, in quotes
core_instructions()
{
	local stages=$BUILD/bench/bench-stages

	command -v valgrind >/dev/null || { echo '"valgrind is missing"'; return; }
	[ -x "$stages" ] || { echo '"bench-stages is not built"'; return; }
	sh "$HERE/stages.sh" count "$stages" - "$1" 2>"$T/stages.err" >"$T/stages.out" ||
		fail "$SUBJECT: $(cat "$T/stages.err")"
	awk '$3 == "total" { print $4 }' "$T/stages.out"
}

# core ROUND
core()
{
	local ns instructions=null

	ns=$(taskset -c "$CPU" "$BUILD/bench/bench-core" $CORE_PACKETS "$OPTIONS" 4 64 |
		sed -n 's/.* \([0-9.]*\) ns a packet$/\1/p')
	[ -n "$ns" ] || fail "$SUBJECT: bench-core said no time"
	[ "$1" -ne 1 ] || instructions=$(core_instructions "$OPTIONS")
	jq -nc --arg subject "$SUBJECT" --argjson round "$1" --argjson ns "$ns" \
		--argjson counted "$instructions" '
		{ part: "core", subject: $subject, round: $round, again: false, ns: $ns,
		  instructions: (if $counted | type == "number" then $counted else null end),
		  without: (if $counted | type == "string" then $counted else null end) }' |
		tee -a "$T/core.runs" |
		jq -r '"bench:   \(.subject): \(.ns) ns\(if .instructions then ", \(.instructions) instructions"
			elif .without then ", instructions not counted: \(.without)" else "" end)"' >&2
}

part_core()
{
	rounds_of core "${ROUNDS:-$CORE_ROUNDS}" core
}
