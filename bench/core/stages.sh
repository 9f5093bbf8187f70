#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Counts the instructions of a packet in the datapath, stage by stage, with callgrind. A
# stage is the lines of some files of core/, wherever the compiler has inlined them.
#
#	stages.sh check PROGRAM BASELINE [SCENARIO...]	compare
#	stages.sh renew PROGRAM BASELINE		write this compiler's lines anew
#	stages.sh count PROGRAM - [SCENARIO...]		only print them
#
# "check" fails if the total of a scenario grew, and names the stages that grew. A stage alone
# is no failure: the compiler's line numbers can move instructions from one stage to another.
#
# A line of BASELINE: compiler, scenario, stage, instructions. The stages' counts of
# different compilers do not compare. So a compiler that BASELINE lacks is compared with the
# totals of the first one there, and OTHER_PERCENT is allowed.
set -eu
export LC_ALL=C

PERCENT=10
OTHER_PERCENT=30
# A difference below one instruction comes from the compiler's order of code.
LEAST=1

die() {
	echo "stages: $*" >&2
	exit 1
}

[ $# -ge 3 ] || die "usage: stages.sh check|renew|count PROGRAM BASELINE [SCENARIO...]"
mode=$1 program=$2 baseline=$3
shift 3
if ! command -v valgrind >/dev/null; then
	echo "valgrind is missing"
	exit 77
fi
[ -x "$program" ] || die "$program is not there: make bench-stages"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
compiler=$("$program" --compiler)

# count SCENARIO: print "stage instructions-per-packet"
count() {
	packets=$(valgrind --tool=callgrind --callgrind-out-file="$out/raw" --compress-strings=no \
		--compress-pos=no --toggle-collect=pfq_group_process "$program" "$1" \
		2>"$out/log") ||
		die "scenario $1: $(cat "$out/log")"
	awk -v packets="$packets" '
	BEGIN {
		n = split("parse.c parse parse.h parse hash.c hash hash.h hash frag.c hash " \
			"icmp.c parse hold.c decide datagram.c decide " \
			"program.c steer program.h steer steer.h steer lang_run.c steer " \
			"op.h steer op_match.h steer op_property.h steer op_steer.h steer " \
			"op_key.h steer op_action.h steer list.h steer " \
			"filter_run.c filter filter_meta.c filter vlan.h filter " \
			"group.c decide group.h decide decide.h decide " \
			"member.c record member.h record ring.h record echo.c record " \
			"ring.c publish stages.c copy", word, " ")
		for (i = 1; i < n; i += 2)
			stage_of[word[i]] = word[i + 1]
	}
	/^(fl|fi|fe)=/ {
		file = $0
		sub(/^f.=/, "", file)
		sub(/.*\//, "", file)
		next
	}
	# callgrind lists the cost of a call again at the called function: skip it here.
	/^calls=/ { getline; next }
	/^[0-9]/ {
		stage = file in stage_of ? stage_of[file] : "other"
		sum[stage] += $2
		sum["total"] += $2
	}
	END {
		if (!sum["decide"] || !sum["record"])
			exit 1
		for (stage in sum)
			printf "%s\t%.1f\n", stage, sum[stage] / packets
	}' "$out/raw" >"$out/unsorted" || die "scenario $1: no lines of core in callgrind's output"
	sort "$out/unsorted"
}

count_all() {
	# shellcheck disable=SC2046 # names without white space
	[ $# -gt 0 ] || set -- $("$program")
	for scenario in "$@"; do
		count "$scenario" >"$out/one"
		awk -v OFS='\t' -v c="$compiler" -v s="$scenario" '{ print c, s, $1, $2 }' \
			"$out/one"
	done
}

renew() {
	{
		grep '^#' "$baseline"
		{ grep -v '^#' "$baseline" || :; } | awk -v c="$compiler" '$1 != c'
		cat "$out/now"
	} >"$out/new"
	cat "$out/new" >"$baseline"
	echo "stages: $baseline holds the counts of $compiler"
}

# reference: print which of the file's compilers to compare with
reference() {
	awk -v c="$compiler" '
	/^#/ { next }
	!first { first = $1 }
	$1 == c { found = 1 }
	END { print found ? c : first }' "$baseline"
}

compare() {
	ref=$(reference)
	[ -n "$ref" ] || die "$baseline holds no counts: make bench-baseline"
	percent=$PERCENT
	if [ "$ref" != "$compiler" ]; then
		if [ "${ref##*-}" != "${compiler##*-}" ]; then
			echo "no counts for ${compiler##*-} in $baseline, only for ${ref##*-}"
			exit 77
		fi
		percent=$OTHER_PERCENT
		echo "no counts of $compiler in $baseline: totals against $ref + $percent %"
	fi
	awk -v ref="$ref" -v percent="$percent" -v least=$LEAST -v exact="$compiler" '
	function grown(key, count) {
		return count > was[key] * (1 + percent / 100) && count - was[key] >= least
	}
	/^#/ { next }
	FNR == NR { if ($1 == ref) was[$2 "\t" $3] = $4; next }
	# With another compiler, the stages do not compare.
	ref == exact || $3 == "total" { row[++rows] = $0; now[$2 "\t" $3] = $4 }
	END {
		for (i = 1; i <= rows; i++) {
			split(row[i], word)
			key = word[2] "\t" word[3]
			total = word[2] "\ttotal"
			note = ""
			if (grown(key, now[key]) && grown(total, now[total])) {
				note = "  GREW by more than " percent " %"
				bad++
			} else if (grown(key, now[key]))
				note = "  more, but the total is within " percent " %"
			printf "%-16s %-8s %7.1f -> %7.1f%s\n", word[2], word[3], was[key],
				now[key], note
			less += ref == exact && key == total &&
				now[key] < was[key] * (1 - percent / 100)
		}
		if (less)
			print "fewer instructions than the baseline says: make bench-baseline"
		if (bad)
			print bad " grew; if that is worth it: make bench-baseline, and say why"
		exit bad > 0
	}' "$baseline" "$out/now"
}

count_all "$@" >"$out/now"
case $mode in
renew) renew ;;
check) compare ;;
count) cat "$out/now" ;;
*) die "\"$mode\" is none of check, renew and count" ;;
esac
