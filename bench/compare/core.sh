# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The part "core": the datapath without ingest and consumers. bench-core measures its time,
# and callgrind counts its instructions. Their number is the same each time, so they are
# counted once.

CORE_PACKETS=2500000
CORE_TIMES=5	# runs in a round; the fastest counts

# core_instructions STEER: print the number, or in quotes why there is none
core_instructions()
{
	local stages=$BUILD/bench/bench-stages

	command -v valgrind >/dev/null || { echo '"valgrind is missing"'; return; }
	# "make all" does not build it.
	make -s -C "$BUILD/bench" bench-stages >"$T/stages.err" 2>&1 ||
		fail "$SUBJECT: bench-stages is not built: $(tail -n 1 "$T/stages.err")"
	sh "$HERE/core/stages.sh" count "$stages" - "$1" 2>"$T/stages.err" >"$T/stages.out" ||
		fail "$SUBJECT: $(cat "$T/stages.err")"
	awk '$3 == "total" { print $4 }' "$T/stages.out"
}

# core ROUND: measure one round
core()
{
	local i ns instructions=null

	ns=$(for ((i = 0; i < CORE_TIMES; i++)); do
		taskset -c "$CPU" "$BUILD/bench/bench-core" $CORE_PACKETS "$OPTIONS" 4 64
	done | sed -n 's/.* \([0-9.]*\) ns a packet$/\1/p' | sort -n | head -n 1)
	[ -n "$ns" ] || fail "$SUBJECT: bench-core printed no time"
	[ "$1" -ne 1 ] || instructions=$(core_instructions "$OPTIONS")
	jq -nc --arg subject "$SUBJECT" --argjson round "$1" --argjson ns "$ns" \
		--argjson counted "$instructions" '
		{ part: "core", subject: $subject, round: $round, again: false, ns: $ns,
		  instructions: (if $counted | type == "number" then $counted else null end),
		  without: (if $counted | type == "string" then $counted else null end) }' |
		tee -a "$T/core.runs" |
		jq -r '"bench:   \(.subject): \(.ns) ns" +
			if .instructions then ", \(.instructions) instructions"
			elif .without then ", instructions not counted: \(.without)"
			else "" end' >&2
}

part_core()
{
	rounds_of core "${ROUNDS:-$CORE_ROUNDS}" core
}
