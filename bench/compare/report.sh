# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# Results: a document for each part, PART.json; the bar judged by them; tables and plots

# bar_json: print the rows of the file "bar", the claims about pfq, as JSON
bar_json()
{
	awk '!/^#/ && NF { title = $6; for (i = 7; i <= NF; i++) title = title " " $i
		printf "{\"kind\":\"%s\",\"of\":\"%s\",\"to\":\"%s\",", $1, $2, $3
		printf "\"bar\":%s,\"beyond\":%s,\"title\":\"%s\"}\n", $4, $5, title
		}' "$HERE/compare/bar" | jq -s .
}

# settings_json: print the settings of this run as JSON
settings_json()
{
	jq -n --arg part "$PART" --argjson seconds "$SECONDS_EACH" --argjson bytes "$SIZE" \
		--argjson gen_cpu "$GEN_CPU" --argjson cpu "$CPU" --argjson workers "$WORKERS" \
		--argjson noise "$NOISE_LIMIT" \
		--argjson quick "$([ "$SET" = q ] && echo true || echo false)" \
		'{ part: $part, seconds: $seconds, bytes: $bytes, gen_cpu: $gen_cpu, cpu: $cpu,
		   workers: $workers, noise_limit: ($noise / 100), is_quick: $quick }'
}

# document PROGRAM: make a document from the runs on standard input
document()
{
	jq -L "$HERE/compare" -s --argjson machine "$(machine_json)" \
		--argjson settings "$(settings_json)" \
		--slurpfile subjects "$T/subjects.json" \
		--slurpfile bar "$T/bar.json" -f "$HERE/compare/$1"
}

# Report a part after its last run.
report_part()
{
	local program=report.jq

	bar_json >"$T/bar.json"
	case $PART in
	table | rate | size) ;;
	*)
		program=report_single.jq
		singles_json >"$T/subjects.json"
		;;
	esac
	document $program <"$T/$PART.runs" >"$T/$PART.json"
	mv "$T/$PART.json" "$RESULTS/$PART.json"
}

# Remove the results of an earlier run, which do not belong to this one.
report_begin()
{
	mkdir -p "$RESULTS"
	rm -f "$RESULTS"/*.json "$RESULTS"/*.md "$RESULTS"/*.svg
}

# report_bar: judge the parts' results by the claims, and write bar.json
report_bar()
{
	local part files=()

	for part in $PARTS; do
		files+=("$RESULTS/$part.json")
	done
	jq -s 'map({ (.settings.part): . }) | add' "${files[@]}" |
		jq -L "$HERE/compare" --slurpfile bar "$T/bar.json" -f "$HERE/compare/bar.jq" \
			>"$RESULTS/bar.json"
}

# report_all: write results.md and the plots, and print them. If a result does not count, the
# script ends with status 3.
report_all()
{
	local part counts=true

	report_bar
	for part in $PARTS; do
		jq -r -L "$HERE/compare" -f "$HERE/compare/markdown.jq" "$RESULTS/$part.json"
		[ "$(jq .counts "$RESULTS/$part.json")" = true ] || counts=false
	done >"$RESULTS/results.md"
	jq -r -L "$HERE/compare" -f "$HERE/compare/bar_markdown.jq" "$RESULTS/bar.json" \
		>>"$RESULTS/results.md"
	plots
	cat "$RESULTS/results.md"
	note "results are in $RESULTS"
	[ $counts = true ] || {
		note "they DO NOT COUNT: results.md says why"
		exit 3
	}
}
