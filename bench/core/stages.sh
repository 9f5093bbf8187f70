#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Counts the instructions of a packet in the datapath, stage by stage, with callgrind. A
# stage is the lines of some files of core/, wherever the compiler has inlined them.
#
#	stages.sh check PROGRAM BASELINE [SCENARIO...]	compare
#	stages.sh renew PROGRAM BASELINE		write this compiler's lines anew
#	stages.sh count PROGRAM - [SCENARIO...]		only print them
#
# PROGRAM is bench-stages; bench-stages-calls and bench-programs are beside it.
#
# "check" fails if the total of a scenario grew, and names the stages that grew. A stage alone
# is no failure: the compiler's line numbers can move instructions from one stage to another. It
# also fails if the steps of a program cost more than steps.awk allows.
#
# A line of BASELINE: compiler, scenario, stage, instructions. Scenarios that run a program of
# several steps have only their total. A symbol has only the line "step": SYMBOL >-> steer_flow
# minus steer_flow. The stages' counts of different compilers do not compare. So a compiler that
# BASELINE lacks is compared with the totals of the first one there, and OTHER_PERCENT is allowed,
# also for the steps of programs.
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
here=$(dirname "$0")
if ! command -v valgrind >/dev/null; then
	echo "valgrind is missing"
	exit 77
fi
[ -x "$program" ] || die "$program is not there: make bench-stages"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
compiler=$("$program" --compiler)

# stages FILE PACKETS: print "stage instructions-per-packet" of callgrind's output
stages() {
	awk -v packets="$2" '
	BEGIN {
		n = split("parse.c parse parse.h parse hash.c hash hash.h hash frag.c hash " \
			"icmp.c parse hold.c decide datagram.c decide " \
			"program.c steer program.h steer steer.h steer lang_run.c steer " \
			"list.h steer stages_hand.c steer " \
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
		# bodies of symbols
		stage = file ~ /^op(_.*)?\.h$/ ? "steer" : "other"
		if (file in stage_of)
			stage = stage_of[file]
		sum[stage] += $2
		sum["total"] += $2
	}
	END {
		if (!sum["decide"] || !sum["record"])
			exit 1
		for (stage in sum)
			printf "%s\t%.1f\n", stage, sum[stage] / packets
	}' "$1" | sort
}

# scenario NAME FILE PACKETS: append the lines of the scenario to $out/now
scenario() {
	stages "$2" "$3" >"$out/one"
	[ -s "$out/one" ] || die "scenario $1: no lines of core in callgrind's output"
	case $1 in
	[A-Z]*)
		# a symbol
		awk -v OFS='\t' -v less="$less" '$1 == "total" { print "step", $2 - less }' \
			"$out/one"
		;;
	calls-* | lang-* | hand-* | steer_flow) grep '^total' "$out/one" ;;
	*) cat "$out/one" ;;
	esac >"$out/lines"
	[ "$1" != steer_flow ] || less=$(awk '$1 == "total" { print $2 }' "$out/one")
	awk -v OFS='\t' -v c="$compiler" -v s="$1" '{ print c, s, $1, $2 }' "$out/lines" \
		>>"$out/now"
}

# run PROGRAM SCENARIO...: count these. The program calls stages_report() behind each.
run() {
	[ -x "$1" ] || die "$1 is not there: make bench-stages-calls"
	counted=$1
	shift
	rm -f "$out"/raw*
	valgrind --tool=callgrind --callgrind-out-file="$out/raw" --compress-strings=no \
		--compress-pos=no --toggle-collect=pfq_group_process \
		--dump-after=stages_report "$counted" "$out/programs" "$@" \
		>"$out/reports" 2>"$out/log" || die "$counted: $(cat "$out/log")"
	cat "$out/reports" >>"$out/ran"
	part=0
	while read -r name packets _; do
		part=$((part + 1))
		scenario "$name" "$out/raw.$part" "$packets"
	done <"$out/reports"
}

# count_all [SCENARIO...]: count these, or all
count_all() {
	# shellcheck disable=SC2046 # names without white space
	[ $# -gt 0 ] || set -- $("$program") $("$program-calls")
	by_switch='' by_calls=''
	for name in "$@"; do
		case $name in
		calls-*) by_calls="$by_calls $name" ;;
		[A-Z]*)
			# steer_flow first, because scenario() subtracts it
			case " $by_switch " in
			*" steer_flow "*) ;;
			*) by_switch="$by_switch steer_flow" ;;
			esac
			by_switch="$by_switch $name"
			;;
		*) by_switch="$by_switch $name" ;;
		esac
	done
	mkdir "$out/programs"
	"$(dirname "$program")/bench-programs" "$out/programs" || die "there are no programs to run"
	: >"$out/now"
	: >"$out/ran"
	# shellcheck disable=SC2086
	[ -z "$by_switch" ] || run "$program" $by_switch
	# shellcheck disable=SC2086
	[ -z "$by_calls" ] || run "$program-calls" $by_calls
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
	percent=$PERCENT room=0
	if [ "$ref" != "$compiler" ]; then
		if [ "${ref##*-}" != "${compiler##*-}" ]; then
			echo "no counts for ${compiler##*-} in $baseline, only for ${ref##*-}"
			exit 77
		fi
		percent=$OTHER_PERCENT room=$OTHER_PERCENT
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
			total = word[3] == "step" ? key : word[2] "\ttotal"
			note = ""
			if (key == total && !(key in was)) {
				note = "  NEW: the baseline lacks it"
				bad++
			} else if (grown(key, now[key]) && grown(total, now[total])) {
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

count_all "$@"
case $mode in
renew) renew ;;
check)
	rc=0
	compare || rc=1
	awk -v all=$(($# == 0)) -v room="$room" -f "$here/steps.awk" "$out/ran" "$out/now" || rc=1
	exit $rc
	;;
count) cat "$out/now" ;;
*) die "\"$mode\" is none of check, renew and count" ;;
esac
