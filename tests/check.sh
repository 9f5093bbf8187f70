#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# Runs every test that this machine can run, in steps; setup.sh check calls it. The tests that
# measure run first, one at a time. Then the virtual machine runs, with all other tests beside
# it. Builds take what the others leave of the CPUs. At the end it prints the number of tests, and
# the skipped tests with the reason.
#
# check.sh [--all]: all tests on both kernels, FUZZ_SECONDS of 600, the soak, the debug kernel, and
# systemd
# PFQ_BUILD     the build directory
# FUZZ_SECONDS  how long each fuzz target runs (6; with --all 600)
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
build=${PFQ_BUILD:-$top/build}
logs=$build/logs
tally=$logs/tally	# lines: "passed NUMBER", "failed TEXT", "skipped TEXT", "step NAME"
jobs=$(nproc)
all=
counting=		# set: only count the steps
current=
lanes=()
. "$top/tests/lib/progress.sh"
. "$top/tests/lib/tally.sh"

# stop: end this process, which is a lane or the whole check, and its children
stop()
{
	trap - INT TERM HUP
	for pid in $current "${lanes[@]}"; do
		kill -TERM "$pid" 2>/dev/null || true
	done
	for pid in $current "${lanes[@]}"; do
		wait "$pid" 2>/dev/null || true
	done
	progress_stop
	exit 130
}

# step TOTAL NAME SECONDS COMMAND...: run a step of TOTAL tests (0: unknown), and return its
# status
step()
{
	local total=$1 name=$2 limit=$3 begun=$SECONDS status=0 word text

	shift 3
	: >"$logs/$name.log"
	progress_begin "$name" "$logs/$name.log" "$total"
	timeout -k 30 "$limit" "$@" >"$logs/$name.log" 2>&1 </dev/null &
	current=$!
	wait $current || status=$?
	current=
	progress_end "$name"
	echo "step $name" >>"$tally"
	case $status in
	0) word=ok ;;
	77) word=skipped ;;
	124 | 137) word=TIMEOUT ;;
	*) word=FAILED ;;
	esac
	progress_line "$(printf '[%2d of %d] %-30s %-8s%4d s' \
		"$(lines "$tally" '^step ')" "$steps" "$name" $word $((SECONDS - begun)))"
	if [ $status -ne 0 ] && [ $status -ne 77 ]; then
		text=$(excerpt "$logs/$name.log" | sed 's/^/    | /')
		[ -z "$text" ] || progress_line "$text"
	fi
	return $status
}

# excerpt LOG: print the failed tests of a step and the end of its log
excerpt()
{
	grep -E '^(FAIL|ERROR|XPASS):? |^\[  FAILED  \] ' "$1" | sort -u | head -n 20 || true
	# If a kernel died, its first complaints say more than the end of the log.
	grep -E -m 8 '(BUG|Oops|int3|RIP|Code): |general protection' "$1" || true
	tail -n 15 "$1"
}

# counted: if the steps are only counted, count one more
counted()
{
	[ -n "$counting" ] && steps=$((steps + 1))
}

# single NAME SECONDS COMMAND...: run a step that is one test
single()
{
	local status=0

	! counted || return 0
	step 0 "$@" || status=$?
	case $status in
	0) passed 1 ;;
	77) skipped "$1: $(tail -n 1 "$logs/$1.log")" ;;
	*) failed "$1: see $logs/$1.log" ;;
	esac
}

# rig NAME SECONDS COMMAND...: run a step that prints PASS or SKIP for each of its tests. If it
# cannot run any test, it exits with 77 and prints the reason.
rig()
{
	local status=0 log=$logs/$1.log line

	! counted || return 0
	step 0 "$@" || status=$?
	if [ $status -eq 77 ]; then
		skipped "$1: $(tail -n 1 "$log")"
		return
	fi
	passed "$(lines "$log" '^PASS ')"
	[ $status -ne 0 ] || grep -qE '^(PASS|SKIP) ' "$log" || failed "$1: no test ran, see $log"
	while read -r line; do
		skipped "$1: $line"
	done < <(sed -n 's/^SKIP //p; s/^\([0-9.]*: skipped: .*\)/\1/p' "$log")
	[ $status -eq 0 ] || failed "$1: see $log"
}

# make_says DIRECTORY EXPRESSION: print its value in the Makefile of the directory
make_says()
{
	printf 'include Makefile\n_says:;@echo %s\n' "$2" |
		make -s -C "$1" -f - _says 2>/dev/null || true
}

# tests_in DIRECTORY...: print the number of tests. With one directory, the directories below it
# count, too.
tests_in()
{
	local file sum=0 depth=()

	[ $# -eq 1 ] || depth=(-maxdepth 1)
	while read -r file; do
		# shellcheck disable=SC2016 # make's variables
		sum=$((sum + $(make_says "${file%/*}" '$(words $(TEST_LOGS))') + 0))
	done < <(find "$@" "${depth[@]}" -name Makefile -not -path '*/pfq-[0-9]*/*' \
		-not -path '*/source/*')
	echo $sum
}

# suite NAME SECONDS JOBS "DIRECTORY..." [TEST...]: run the tests of automake in these directories
# (or only TEST...), up to JOBS of them side by side
suite()
{
	local name=$1 limit=$2 beside=$3 dirs=$4 status=0 total=$(($# - 4)) count=0 trs

	! counted || return 0
	shift 4
	# shellcheck disable=SC2086 # one word for each directory
	[ $# -gt 0 ] || total=$(tests_in $dirs)
	trs_left "$dirs" "$@" | xargs -r rm -f
	step "$total" "$name" "$limit" "${here[@]}" make_check "$beside" "$dirs" "$@" || status=$?
	while read -r trs; do
		trs_count "$trs"
		count=$((count + 1))
	done < <(trs_left "$dirs" "$@")
	if [ $status -ne 0 ]; then
		! trs_good "$dirs" "$@" || failed "$name: see $logs/$name.log"
	elif [ $count -eq 0 ] || [ $count -lt "$total" ]; then
		failed "$name: $count of $total tests have a result, see $logs/$name.log"
	fi
}

# --- steps ------------------------------------------------------------------------

# build_in DIRECTORY FOLDER CONFIGURE-ARGUMENT...: build the project in DIRECTORY, and the test
# programs of FOLDER, if not empty
build_in()
{
	local dir=$1 tests=$2

	shift 2
	mkdir -p "$dir"
	[ -f "$top/configure" ] || autoreconf -i "$top"
	[ -f "$dir/Makefile" ] || (cd "$dir" && "$top/configure" "$@")
	make -C "$dir" -j "$jobs"
	[ -z "$tests" ] || make -C "$dir/$tests" -j "$jobs" check TESTS=
}

# make_check JOBS "DIRECTORY..." [TEST...]: run "make check" in each directory
make_check()
{
	local beside=$1 dirs=$2 dir status=0 only=()

	shift 2
	[ $# -eq 0 ] || only=("TESTS=$*")
	for dir in $dirs; do
		# With several directories, make must not enter the directories below them.
		[ "$dir" = "$dirs" ] || only=(SUBDIRS=)
		# shellcheck disable=SC2016 # a variable of the shell that runs a test
		make -C "$dir" -k -j "$beside" check "${only[@]}" \
			TESTS_ENVIRONMENT='echo "RUN: $$f";' || status=1
	done
	return $status
}

# no_warnings LOG: fail and print them if the log of a build has warnings. If the build compiled
# nothing, return 77.
no_warnings()
{
	! grep -nE ':[0-9]+: warning:|rm: cannot remove' "$1" || return 1
	grep -qE '^  CC |-c -o ' "$1" || { echo "the build compiled nothing"; return 77; }
}

scripts_lint()
{
	cd "$top"
	printf '%s\n' setup.sh .ci/run tests/*.sh tests/*/*.sh tests/*/*/*.sh conf/*.sh \
		libpcap-pfq/*.sh | xargs -P "$jobs" -n 20 shellcheck
}

manuals_lint()
{
	mandoc -T lint -W warning "$top"/man/*.[1-8]
}

# run the tests on the kernel that checks itself
debug_kernel()
{
	# shellcheck disable=SC2016,SC2046 # make's variable; one word for each program
	make -C "$build/tests/vm" $(make_says "$build/tests/vm" '$(EXTRA_PROGRAMS)')
	exec bash "$top/tests/vm/debug.sh" "$build"
}

# kinds FOLDER [BUILD]: put the tests whose source has a line "Alone: why" into $alone, and the
# others into $beside
kinds()
{
	local name source

	alone=() beside=()
	[ -z "$counting" ] || return 0
	# shellcheck disable=SC2016 # make's variable
	for name in $(make_says "${2:-$build}/$1" '$(TESTS)'); do
		source=$top/$1/$name
		[ -f "$source" ] || source=$source.c
		if grep -qsE '^(#|/\*) Alone: ' "$source"; then
			alone+=("$name")
		else
			beside+=("$name")
		fi
	done
}

# print the build directories with tests that no other step runs
other_dirs()
{
	local file dir

	for file in $(cd "$top" &&
		grep -rlE --include='*.am' '^[[:space:]]*TESTS[[:space:]]*\+?=' .); do
		dir=$(dirname "$file")
		# A Makefile.am may include .am files of folders without a Makefile.am.
		while [ ! -f "$top/$dir/Makefile.am" ]; do
			dir=$(dirname "$dir")
		done
		case ${dir#./} in
		tests/unit* | tests/netns | tests/clients) ;;
		*) echo "$build/${dir#./}" ;;
		esac
	done | sort -u
}

# A step runs in its own process, so that it can be stopped with all its children.
if [ "${1:-}" = --run ]; then
	shift
	"$@"
	exit
fi
here=(bash "$top/tests/check.sh" --run)
# Builds run while a CPU has nothing else to do. The virtual machine comes after the behaviour
# scripts.
idle=(chrt -i 0) low=(nice -n 15) middle=(nice -n 5)

# run the tests that measure, while the machine does nothing else
alone_first()
{
	single build 900 "${here[@]}" build_in "$build" .
	single build-without-warnings 10 "${here[@]}" no_warnings "$logs/build.log"
	kinds tests/unit
	suite unit-tests-alone 1200 1 "$build/tests/unit" "${alone[@]}"
	kinds tests/netns
	suite behaviours-alone 1200 1 "$build/tests/netns" "${alone[@]}"
	kinds tests/clients
	suite programs-alone 600 1 "$build/tests/clients" "${alone[@]}"
	single demo 120 env PFQ_BUILD="$build" bash "$top/tests/demo.sh"
	[ -z "$all" ] || single soak 1800 env PFQ_BUILD="$build" bash "$top/tests/soak/soak.sh"
	[ -z "$all" ] || { all_changes; all_duplicates; }
}

# Most of them wait for something most of the time.
unit_tests()
{
	kinds tests/unit
	suite unit-tests 1200 $((2 * jobs)) "$build/tests/unit" "${beside[@]}"
}

# make other builds, and check the scripts and the manuals
builds()
{
	single build-with-sanitizers 3000 "${idle[@]}" "${here[@]}" build_in "$build-sanitizers" \
		tests/unit --enable-sanitizers --disable-libpcap CFLAGS='-g -O1'
	single build-with-clang 3000 "${idle[@]}" "${here[@]}" build_in "$build-clang" '' \
		CC=clang --enable-fuzz --disable-libpcap
	single clang-without-warnings 10 "${here[@]}" no_warnings "$logs/build-with-clang.log"
	single scripts-lint 3000 "${idle[@]}" "${here[@]}" scripts_lint
	single manuals-lint 600 "${idle[@]}" "${here[@]}" manuals_lint
}

fuzz()
{
	single fuzz 18000 "${low[@]}" make -C "$build-clang/tests/fuzz" fuzz \
		FUZZ_SECONDS="$fuzz_seconds"
}

# run the tests in virtual machines
guests()
{
	if [ -n "$all" ]; then
		rig kernel-engine 14400 "${middle[@]}" bash "$top/tests/vm/check.sh" "$build" both
		rig systemd 3600 "${middle[@]}" bash "$top/tests/vm/systemd.sh" "$build"
		rig kernel-engine-debug 21600 "${middle[@]}" "${here[@]}" debug_kernel
	else
		rig kernel-engine 3000 "${middle[@]}" bash "$top/tests/vm/check.sh" "$build" quick
	fi
}

# all_faults: let each system call fail; the behaviours do so with a drawn part of them
all_faults()
{
	local name

	for name in at-start of-threads at-join at-reload in-a-program at-re-attach; do
		single "faults-$name" 7200 "${middle[@]}" env PFQ_FAULTS=all PFQ_BUILD="$build" \
			bash "$top/tests/netns/faults-$name.sh"
	done
}

# replace a program a thousand times under traffic; the behaviour does so a hundred times
all_replacements()
{
	single replacements 1800 "${middle[@]}" env PFQ_REPLACEMENTS=1000 PFQ_BUILD="$build" \
		bash "$top/tests/netns/lang-under-traffic.sh"
}

# change a set ten thousand times at full rate; the behaviour does so 40 times
all_changes()
{
	single changes 7200 env PFQ_CHANGES=10000 PFQ_BUILD="$build" \
		bash "$top/tests/netns/sets-changed-at-full-rate.sh"
}

# find duplicates among a million packets a second; the behaviour does so among 40,000
all_duplicates()
{
	single duplicates 1800 env PFQ_RATE=500000 PFQ_BUILD="$build" \
		bash "$top/tests/netns/lang-finds-duplicates-at-rate.sh"
}

# run tests and builds at the same time as the guests; a test waits longer before it fails
beside_guests()
{
	[ -n "$counting" ] || export PFQ_PATIENCE=2
	kinds tests/netns
	suite behaviours 2400 $((2 * jobs)) "$build/tests/netns" "${beside[@]}"
	kinds tests/clients
	suite programs 1200 $((2 * jobs)) "$build/tests/clients" "${beside[@]}"
	suite other-tests 1800 "$jobs" "$(other_dirs)"
	[ -z "$all" ] || { all_faults; all_replacements; }
}

# run the unit tests with sanitizers
sanitized_tests()
{
	kinds tests/unit "$build-sanitizers"
	suite sanitized-unit-tests 1200 $((2 * jobs)) "$build-sanitizers/tests/unit" "${beside[@]}"
}

# run those that measure, while the machine does nothing else
alone_last()
{
	[ -n "$all" ] || return 0
	kinds tests/unit "$build-sanitizers"
	suite sanitized-unit-tests-alone 1200 1 "$build-sanitizers/tests/unit" "${alone[@]}"
}

# build and install from the archive
archive()
{
	local no_tests=()

	# Other steps run all tests. With --all, those that need no root run from the archive, too.
	# PFQ_SHOWN: lib.sh skips the behaviour scripts and programs.
	[ -n "$all" ] || no_tests=(TESTS=)
	single distcheck 3000 "${idle[@]}" env PFQ_SHOWN=1 VERBOSE=1 make -C "$build" -j "$jobs" \
		distcheck "${no_tests[@]}"
	# distcheck has compiled all sources, also those that the step build found up to date.
	single distcheck-without-warnings 10 "${here[@]}" no_warnings "$logs/distcheck.log"
}

# begin LANE: run its steps at the same time as what follows
begin()
{
	# This process ends a lane with SIGTERM. A closed terminal sends SIGHUP to both.
	(
		trap 'stop' TERM HUP
		# shellcheck disable=SC2030 # a lane has no lanes of its own
		lanes=() progress_watcher=
		"$1"
	) &
	# shellcheck disable=SC2031
	lanes+=($!)
}

# end: wait for all lanes
end()
{
	local pid

	# shellcheck disable=SC2031
	for pid in "${lanes[@]}"; do
		wait "$pid" || failed "a lane ended with $?"
	done
	lanes=()
}

[ "${1:-}" != --all ] || all=1
fuzz_seconds=${FUZZ_SECONDS:-$([ -z "$all" ] && echo 6 || echo 600)}
mkdir -p "$logs"
: >"$tally"
steps=0 counting=1
for steps_of in alone_first builds unit_tests guests beside_guests fuzz archive sanitized_tests \
	alone_last; do
	$steps_of
done
counting=
begun=$SECONDS
progress_start "$logs/jobs"
trap stop INT TERM HUP
alone_first
progress_line "$(sed 's/^/    | /' "$logs/demo.log")"
begin builds
unit_tests
begin guests
begin beside_guests
end
begin fuzz
begin archive
sanitized_tests
end
alone_last
progress_stop

echo
grep '^fetch.sh: warning:' "$logs/build.log" || true
sed -n 's/^failed /failed:  /p' "$tally"
sed -n 's/^skipped /skipped: /p' "$tally"
echo "in $((SECONDS - begun)) s, by $(nproc) CPUs"
awk '{ n[$1] += $1 == "passed" ? $2 : 1 }
	END { printf "%d passed, %d failed, %d skipped\n", n["passed"], n["failed"], n["skipped"]
		exit n["failed"] > 0 }' "$tally"
