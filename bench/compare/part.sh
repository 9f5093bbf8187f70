# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The parts of the comparison. Each part has rounds of runs, with the subjects in turn, so
# that other load of the machine affects all alike. Each run leaves a record (run.jq) in
# PART.runs.

# chosen SET: print the names of a part's subjects that the command line allows
chosen()
{
	local name

	for name in $(subjects "$1"); do
		[ -z "$ONLY" ] || [[ " $ONLY " == *" ${name#=} "* ]] || continue
		echo "$name"
	done
}

# run NAME ABOUT ARGUMENT...: do one run; ABOUT (JSON) becomes a part of its record
run()
{
	local about=$2

	SUBJECT=$1
	shift 2
	subject_read "$SUBJECT"
	subject_start
	wire_send --for "$SECONDS_EACH" "$@" || fail "$SUBJECT: $(head -n 1 "$T/gen.err")"
	subject_stop
	[ "$KIND" != sink ] || wire_gro
	jq -nc --slurpfile gen "$T/gen.json" --slurpfile heard "$T/heard.json" \
		--slurpfile stats "$T/stats.json" --argjson about "$about" \
		--argjson subject "$(jq -c --arg name "$SUBJECT" '.[] | select(.name == $name)' \
			"$T/subjects.json")" -f "$HERE/compare/run.jq" >"$T/run.json"
	cat "$T/run.json" >>"$T/$PART.runs"
	jq -r "$SAID" "$T/run.json" >&2
}

# A run as a line on the terminal
SAID='def lost: .lost | to_entries | map(select(.value != 0) | "\(.key) \(.value)") |
	if length == 0 then "nothing lost" else "lost: " + join(", ") end;
"bench:   \(.subject)" + (if .again then ", again" else "" end) +
	(if .at then " at \(.at)" else "" end) + ": " +
	(if .mpps then "\(.mpps * 1000 | round / 1000) Mpps"
	else "no rate, \(.unexplained) unexplained" end) + ", \(lost)"'

about()
{
	jq -nc --arg part "$PART" --argjson round "$1" --argjson again "$2" \
		--argjson at "${3:-null}" \
		'{ part: $part, round: $round, again: $again, at: $at }'
}

part_table()
{
	local round name

	for ((round = 1; round <= TABLE_ROUNDS; round++)); do
		note "table, round $round of $TABLE_ROUNDS"
		for name in $(chosen "$SET"); do
			case $name in
			=*) run "${name#=}" "$(about $round true)" -g "$SIZE" ;;
			*) run "$name" "$(about $round false)" -g "$SIZE" ;;
			esac
		done
	done
}

# The offered rates, in packets a second: from one that all subjects take to one that few
# can take
part_rate()
{
	local round name rate

	for ((round = 1; round <= SWEEP_ROUNDS; round++)); do
		note "rate, round $round of $SWEEP_ROUNDS"
		for rate in 250000 500000 1000000 1500000 2000000 3000000 4500000 6000000; do
			for name in $(chosen r); do
				run "$name" "$(about $round false $rate)" -g "$SIZE" --rate $rate
			done
		done
	done
}

part_size()
{
	local round name size

	for ((round = 1; round <= SWEEP_ROUNDS; round++)); do
		note "size, round $round of $SWEEP_ROUNDS"
		for size in 60 128 256 512 1024 1514; do
			for name in $(chosen s); do
				run "$name" "$(about $round false $size)" -g $size
			done
		done
	done
}

part_run()
{
	PART=$1
	subjects_json >"$T/subjects.json"
	: >"$T/$PART.runs"
	"part_$PART"
	report_part
}
