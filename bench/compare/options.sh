# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The command line; part of bench.sh, which uses the variables that are set here
# shellcheck disable=SC2034

BUILD=$SRC/build RESULTS='' SET='' ONLY='' ROUNDS='' SWEEP_ROUNDS='' SECONDS_EACH='' SIZE=60
GEN_CPU=0 CPU=1 WORKERS=1 NOISE_LIMIT=5
# Rounds that each part needs until its noise is small, within a quarter of an hour in all
TABLE_ROUNDS=15 DELAY_ROUNDS=12 READ_ROUNDS=10 STOPPED_ROUNDS=12 IDLE_ROUNDS=3 CORE_ROUNDS=9
SHUNT_ROUNDS=9 COSTLY_ROUNDS=9

usage()
{
	cat <<'END'
usage: bench.sh [OPTION...]
  --quick             fewer subjects, fewer rounds, shorter runs, no sweeps
  --part PART,...     only these parts: table, rate, size, delay, read, stopped, idle,
                      shunt, costly, core
  --only SUBJECT,...  only these subjects (--list names them)
  --rounds N          rounds of all parts but rate and size (table 15, quick 9; delay and
                      stopped 12; core, costly and shunt 9,
                      quick costly and shunt 5; read 10; idle 3), 1 to 1000
  --sweep-rounds N    rounds of rate and size (2), 1 to 1000
  --seconds N         seconds that each run sends (0.4; quick 0.3), 0.1 to 60
  --size BYTES        length of the frames of the table (60), 60 to 1514
  --build DIR         the project's build tree (build/ in the source tree)
  --results DIR       directory for results (bench/results in the build tree)
  --gen-cpu N         CPU of the generator (0)
  --cpu N             CPU of consumers and of pfqd's workers (1)
  --workers N         number of pfqd's workers (1), 1 to 64
  --noise PERCENT     allowed difference of two runs of the same subject (5), 1 to 50
  --list              print the subjects and end
  --help              print this and end
Exit status: 0 if the results count; 1 if something failed; 2 if the command line is wrong;
3 if the results are written but do not count, because of noise or unexplained packets;
77 if the machine or the build lacks something.
END
}

bad_line()
{
	note "$*"
	note "--help prints all options"
	exit 2
}

# number OPTION VALUE FROM TO: check a number. It has digits only, and decimals if FROM has
# some.
number()
{
	local form='^[0-9]{1,9}$'

	[[ $3 != *.* ]] || form='^[0-9]{1,5}([.][0-9]{1,3})?$'
	[[ $2 =~ $form ]] &&
		awk -v v="$2" -v a="$3" -v b="$4" 'BEGIN { exit !(v >= a && v <= b) }' ||
		bad_line "$1: \"$2\": allowed are $3 to $4"
}

cpu_number()
{
	number "$1" "$2" 0 $(($(nproc --all) - 1))
}

parts_read()
{
	local part

	PARTS_ASKED=${1//,/ }
	for part in $PARTS_ASKED; do
		[[ " $PARTS " == *" $part "* ]] ||
			bad_line "--part: \"$part\": allowed are ${PARTS// /, }"
	done
}

only_read()
{
	local name

	ONLY=${1//,/ }
	for name in $ONLY; do
		[[ $name != =* ]] && subject_read "$name" || single_read "$name" ||
			bad_line "--only: \"$name\": --list prints all names"
	done
}

options_defaults()
{
	if [ "$SET" = q ]; then
		TABLE_ROUNDS=9 SHUNT_ROUNDS=5 COSTLY_ROUNDS=5
		: "${SECONDS_EACH:=0.3}"
		PARTS=${PARTS_ASKED:-table}
	fi
	TABLE_ROUNDS=${ROUNDS:-$TABLE_ROUNDS}
	: "${SWEEP_ROUNDS:=2}" "${SECONDS_EACH:=0.4}"
	PARTS=${PARTS_ASKED:-$PARTS}
	[ -d "$BUILD" ] || skip "no directory $BUILD: build first, or give --build DIR"
	BUILD=$(cd "$BUILD" && pwd)
	: "${RESULTS:=$BUILD/bench/results}"
	[ "$CPU" != "$GEN_CPU" ] || bad_line "--cpu and --gen-cpu are both $CPU: they must differ"
}

options_read()
{
	local option

	while [ $# -gt 0 ]; do
		option=$1
		case $option in
		--quick) SET=q; shift; continue ;;
		--list) awk '!/^#/ && NF' "$TABLE" "$SINGLES"; exit 0 ;;
		-h | --help) usage; exit 0 ;;
		--part | --only | --rounds | --sweep-rounds | --seconds | --size | --build | \
			--results | --gen-cpu | --cpu | --workers | --noise)
			[ $# -gt 1 ] && [ -n "$2" ] || bad_line "$option: it needs a value"
			;;
		*) bad_line "\"$option\": no such option" ;;
		esac
		case $option in
		--part) parts_read "$2" ;;
		--only) only_read "$2" ;;
		--rounds) number "$1" "$2" 1 1000; ROUNDS=$2 ;;
		--sweep-rounds) number "$1" "$2" 1 1000; SWEEP_ROUNDS=$2 ;;
		--seconds) number "$1" "$2" 0.1 60; SECONDS_EACH=$2 ;;
		--size) number "$1" "$2" 60 1514; SIZE=$2 ;;
		--build) BUILD=$2 ;;
		--results) RESULTS=$2 ;;
		--gen-cpu) cpu_number "$1" "$2"; GEN_CPU=$2 ;;
		--cpu) cpu_number "$1" "$2"; CPU=$2 ;;
		--workers) number "$1" "$2" 1 64; WORKERS=$2 ;;
		--noise) number "$1" "$2" 1 50; NOISE_LIMIT=$2 ;;
		esac
		shift 2
	done
	options_defaults
}
