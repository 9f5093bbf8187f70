#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# Every test that this machine can run, step by step; setup.sh check calls it.
# Ends with the counts of single tests, and what was skipped and why.
#
# PFQ_BUILD     where to build
# FUZZ_SECONDS  how long each fuzz target runs (30)
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
build=${PFQ_BUILD:-$top/build}
logs=$build/logs
jobs=$(nproc)
passed=0 failed=0 skipped=0
current=
skips=()
failures=()

stop()
{
	trap - INT TERM HUP
	[ -z "$current" ] || kill -TERM "$current" 2>/dev/null || true
	[ -z "$current" ] || wait "$current" 2>/dev/null || true
	exit 130
}
trap stop INT TERM HUP

# count WHAT N
count()
{
	case $1 in
	passed) passed=$((passed + $2)) ;;
	failed) failed=$((failed + $2)) ;;
	skipped) skipped=$((skipped + $2)) ;;
	esac
}

# lines FILE PATTERN: how many match
lines()
{
	grep -c -e "$2" "$1" || true
}

# One test of automake's harness: a .trs file, and the log beside it, which for
# a unit test names the cases in it.
trs_count()
{
	local trs=$1 log=${1%.trs}.log result name good bad

	name=${trs#"$build"/}
	name=${name%.trs}
	result=$(sed -n 's/^:test-result: \([A-Z]*\).*/\1/p' "$trs" | head -n 1)
	good=$(lines "$log" '^\[       OK \]')
	bad=$(lines "$log" '^\[  FAILED  \] [a-z]')
	case $result in
	PASS) count passed $((good > 0 ? good : 1)) ;;
	SKIP)
		count skipped 1
		skips+=("$name: $(tail -n 2 "$log" | head -n 1)")
		;;
	*)
		count passed "$good"
		count failed $((bad > 0 ? bad : 1))
		failures+=("$name: $result, see $log")
		# who reads this may not have the file
		why "$log" | sed "s|^|    $name: |"
		;;
	esac
}

# why LOG: of a test that failed: what its cases say, and its end
why()
{
	grep -B 5 -e '^\[  FAILED  \] [a-z]' "$1" | head -n 40 || true
	tail -n 15 "$1"
}

trs_all()
{
	local trs

	while read -r trs; do
		trs_count "$trs"
	done < <(find "$@" -name '*.trs' -not -path '*/pfq-[0-9]*/*' | sort)
}

# step NAME SECONDS COMMAND...: runs it; returns its status
step()
{
	local name=$1 limit=$2 begun=$SECONDS status=0

	shift 2
	printf '%-34s' "$name"
	timeout -k 30 "$limit" "$@" >"$logs/$name.log" 2>&1 </dev/null &
	current=$!
	wait $current || status=$?
	current=
	case $status in
	0) printf 'ok      ' ;;
	77) printf 'skipped ' ;;
	124 | 137) printf 'TIMEOUT ' ;;
	*) printf 'FAILED  ' ;;
	esac
	printf '%4d s\n' $((SECONDS - begun))
	[ $status -eq 0 ] || [ $status -eq 77 ] || excerpt "$logs/$name.log" | sed 's/^/    | /'
	return $status
}

# excerpt LOG: of a step that failed: the tests that say so, and its end
excerpt()
{
	grep -E '^(FAIL|ERROR|XPASS):? |^\[  FAILED  \] ' "$1" | sort -u | head -n 20 || true
	# of a kernel that died, whose last words say least
	grep -E -m 8 '(BUG|Oops|int3|RIP|Code): |general protection' "$1" || true
	tail -n 15 "$1"
}

# single NAME SECONDS COMMAND...: a step that is one test
single()
{
	if step "$@"; then
		count passed 1
	else
		count failed 1
		failures+=("$1: see $logs/$1.log")
	fi
}

# rig NAME SECONDS COMMAND...: a step that says PASS or SKIP of each of its tests, and ends
# with 77 and a reason where it cannot be run at all
rig()
{
	local status=0 log=$logs/$1.log line

	step "$@" || status=$?
	if [ $status -eq 77 ]; then
		count skipped 1
		skips+=("$1: $(tail -n 1 "$log")")
		return
	fi
	count passed "$(lines "$log" '^PASS ')"
	while read -r line; do
		count skipped 1
		skips+=("$1: $line")
	done < <(sed -n 's/^SKIP //p; s/^\([0-9.]*: skipped: .*\)/\1/p' "$log")
	[ $status -eq 0 ] || { count failed 1; failures+=("$1: see $log"); }
}

# suite NAME SECONDS DIRECTORY COMMAND...: a step whose tests leave .trs files
suite()
{
	local name=$1 limit=$2 dir=$3 status=0 before=$failed

	shift 3
	find "$dir" -name '*.trs' -delete
	step "$name" "$limit" "$@" || status=$?
	trs_all "$dir"
	if [ $status -ne 0 ] && [ "$failed" -eq "$before" ]; then
		count failed 1
		failures+=("$name: see $logs/$name.log")
	fi
}

skip()
{
	printf '%-34sskipped   %s\n' "$1" "$2"
	count skipped 1
	skips+=("$1: $2")
}

# --- steps ------------------------------------------------------------------------

# build_in DIRECTORY CONFIGURE-ARGUMENT...
build_in()
{
	local dir=$1

	shift
	mkdir -p "$dir"
	[ -f "$top/configure" ] || autoreconf -i "$top"
	[ -f "$dir/Makefile" ] || (cd "$dir" && "$top/configure" "$@")
	make -C "$dir" -j "$jobs"
}

# of a compiler
no_warnings()
{
	! grep -nE ':[0-9]+: warning:|rm: cannot remove' "$@"
}

scripts_lint()
{
	cd "$top"
	shellcheck setup.sh .ci/run tests/*.sh tests/*/*.sh tests/*/*/*.sh conf/*.sh libpcap-pfq/*.sh
}

manuals_lint()
{
	mandoc -T lint -W warning "$top"/man/*.[1-8]
}
# what steps run is run by a process of its own, which can be stopped as a whole
if [ "${1:-}" = --run ]; then
	shift
	"$@"
	exit
fi
here=(bash "$top/tests/check.sh" --run)

mkdir -p "$logs"
begun=$SECONDS
single build 600 "${here[@]}" build_in "$build"
single build-without-warnings 10 "${here[@]}" no_warnings "$logs/build.log"
single scripts-lint 300 "${here[@]}" scripts_lint
single manuals-lint 60 "${here[@]}" manuals_lint
suite tests 2400 "$build" make -C "$build" -k check
single demo 120 env PFQ_BUILD="$build" bash "$top/tests/demo.sh"
sed 's/^/    | /' "$logs/demo.log"

rig kernel-engine 3000 bash "$top/tests/vm/check.sh" "$build" quick
single build-with-clang 600 "${here[@]}" build_in "$build-clang" CC=clang --disable-libpcap
single clang-without-warnings 10 "${here[@]}" no_warnings "$logs/build-with-clang.log"
single build-with-sanitizers 600 "${here[@]}" build_in "$build-sanitizers" \
	--enable-sanitizers --disable-libpcap
suite unit-tests-with-sanitizers 600 "$build-sanitizers" make -C "$build-sanitizers/tests/unit" -k check
single build-of-fuzzers 600 "${here[@]}" build_in "$build-fuzz" \
	CC=clang --enable-fuzz --disable-libpcap
single fuzz 900 make -C "$build-fuzz/tests/fuzz" fuzz FUZZ_SECONDS="${FUZZ_SECONDS:-30}"
# what "tests" has shown is not shown once more: lib.sh asks for PFQ_SHOWN
single distcheck 900 env PFQ_SHOWN=1 VERBOSE=1 make -C "$build" -j "$jobs" distcheck

echo
for line in "${failures[@]}"; do
	echo "failed:  $line"
done
for line in "${skips[@]}"; do
	echo "skipped: $line"
done
echo "in $((SECONDS - begun)) s, by $(nproc) CPUs"
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
