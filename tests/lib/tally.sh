# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # check.sh sets build and tally
# Functions that count the results of tests in the file $tally, of the build $build.

passed()
{
	echo "passed $1" >>"$tally"
}

failed()
{
	echo "failed $*" >>"$tally"
}

skipped()
{
	echo "skipped $*" >>"$tally"
}

# lines FILE PATTERN: print how many lines match
lines()
{
	grep -c -e "$2" "$1" || true
}

# trs_count FILE.trs: count the result of a test of automake's harness. The log of a unit test
# names its cases, and each case counts.
trs_count()
{
	local trs=$1 log=${1%.trs}.log result name good bad cases

	name=${trs#"$build"/}
	name=${name#"${build%/*}"/}
	name=${name%.trs}
	result=$(sed -n 's/^:test-result: \([A-Z]*\).*/\1/p' "$trs" | head -n 1)
	good=$(lines "$log" '^\[       OK \]')
	bad=$(sed -n 's/^\[  FAILED  \] \([a-z][a-z0-9_]*\)$/\1/p' "$log" | sort -u)
	# cmocka succeeds if all cases were skipped.
	cases=$(sed -n 's/^\[  SKIPPED \] \([a-z][a-z0-9_]*\)$/\1/p' "$log" | sort -u)
	for cases in $cases; do
		skipped "$name: $cases"
	done
	case $result in
	PASS) passed $((good > 0 || ${#cases} > 0 ? good : 1)) ;;
	SKIP) skipped "$name: $(tail -n 2 "$log" | head -n 1)" ;;
	*)
		passed "$good"
		# An interrupted test may leave an empty file.
		for bad in ${bad:-${result:-unfinished}}; do
			failed "$name: $bad, see $log"
		done
		# A reader of this output may not have the log.
		progress_line "$(why "$log" | sed "s|^|    $name: |")"
		;;
	esac
}

# why LOG: print the failed cases of a test and the end of its log
why()
{
	grep -B 5 -e '^\[  FAILED  \] [a-z]' "$1" | head -n 40 || true
	tail -n 15 "$1"
}

# trs_left "DIRECTORY..." [TEST...]: print the .trs files of these tests, or of all tests in
# these directories, each once: a directory may be below another one
trs_left()
{
	local dirs=$1 dir name trs

	shift
	for dir in $dirs; do
		[ $# -gt 0 ] || find "$dir" -name '*.trs' -not -path '*/pfq-[0-9]*/*'
		for name; do
			# Automake cuts off .sh only if TEST_EXTENSIONS has it.
			for trs in "$dir/${name%.sh}.trs" "$dir/$name.trs"; do
				[ ! -f "$trs" ] || echo "$trs"
			done
		done
	done | sort -u
}

# trs_good "DIRECTORY..." [TEST...]: succeed if none of these tests failed
trs_good()
{
	! trs_left "$@" | xargs -r grep -LE '^:test-result: (PASS|SKIP)' | grep -q .
}
