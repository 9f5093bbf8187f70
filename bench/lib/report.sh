# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# Results: a document a part, PART.json, then tables and plots of what is there.

bar_json()
{
	awk '!/^#/ && NF { title = $6; for (i = 7; i <= NF; i++) title = title " " $i
		printf "{\"kind\":\"%s\",\"of\":\"%s\",\"to\":\"%s\",\"bar\":%s,\"beyond\":%s,\"title\":\"%s\"}\n",
		$1, $2, $3, $4, $5, title }' "$HERE/bar" | jq -s .
}

settings_json()
{
	jq -n --arg part "$PART" --argjson seconds "$SECONDS_EACH" --argjson bytes "$SIZE" \
		--argjson gen_cpu "$GEN_CPU" --argjson cpu "$CPU" --argjson workers "$WORKERS" \
		--argjson noise "$NOISE_LIMIT" --argjson quick "$([ "$SET" = q ] && echo true || echo false)" \
		'{ part: $part, seconds: $seconds, bytes: $bytes, gen_cpu: $gen_cpu, cpu: $cpu,
		   workers: $workers, noise_limit: ($noise / 100), is_quick: $quick }'
}

# the runs of this part are over
report_part()
{
	bar_json >"$T/bar.json"
	jq -s --argjson machine "$(machine_json)" --argjson settings "$(settings_json)" \
		--slurpfile subjects "$T/subjects.json" --slurpfile bar "$T/bar.json" \
		'$subjects[0] as $subjects | $bar[0] as $bar | '"$(cat "$HERE/report.jq")" \
		"$T/$PART.runs" >"$T/$PART.json"
	mv "$T/$PART.json" "$RESULTS/$PART.json"
}

report_all()
{
	local part counts=true

	for part in $PARTS; do
		jq -r -f "$HERE/markdown.jq" "$RESULTS/$part.json" >"$RESULTS/$part.md"
		[ "$(jq .counts "$RESULTS/$part.json")" = true ] || counts=false
	done
	for part in $PARTS; do
		cat "$RESULTS/$part.md"
	done
	say "results are in $RESULTS"
	[ $counts = true ] || { say "these results DO NOT COUNT: see above"; exit "$STATUS_NO_COUNT"; }
}
