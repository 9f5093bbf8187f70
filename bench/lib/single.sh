# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The table "singles", whose rows are subjects of the parts that measure something else than
# rates; of these parts, those with one consumer that is a program of its own: delay and read.

SINGLES=$HERE/singles
DELAY_FRAMES=100	# of a block, one each 2 to 12 ms
READ_PACKETS=200000	# that wait in a buffer

# singles PART: their names, as far as the command line wants them
singles()
{
	local name

	for name in $(awk -v part="$1" '!/^#/ && $2 == part { print $1 }' "$SINGLES"); do
		[ -z "$ONLY" ] || [[ " $ONLY " == *" $name "* ]] || continue
		echo "$name"
	done
}

singles_json()
{
	awk '!/^#/ && NF { title = $6; for (i = 7; i <= NF; i++) title = title " " $i
		printf "{\"name\":\"%s\",\"title\":\"%s\"}\n", $1, title }' "$SINGLES" | jq -s .
}

# single_read NAME: to KIND INGEST OPTIONS; false: no such subject
single_read()
{
	local row

	row=$(awk -v name="$1" '!/^#/ && $1 == name' "$SINGLES")
	[ -n "$row" ] || return 1
	read -r _ _ KIND INGEST OPTIONS _ <<<"$row"
	[ "$OPTIONS" != - ] || OPTIONS=
	STEER=flow CONSUMERS=1
}

# consumer PROGRAM ARGUMENT...: its result to heard.json
consumer()
{
	local program=$BUILD/bench/$1 device=far0 library=()

	shift
	[ "$KIND" != pfq ] || {
		device=pfq@bench
		library=(env PFQ_SOCKET="$SOCKET" LD_LIBRARY_PATH="$LIBRARIES")
	}
	ip netns exec "$NS_FAR" "${library[@]}" "$program" -i $device "$@" \
		>"$T/heard.json" 2>"$T/listener.err" </dev/null &
	LISTENER=$!
}

single_delay()
{
	# shellcheck disable=SC2086 # one option, or none
	consumer bench-delay -o "near0@$NS_NEAR" -c $DELAY_FRAMES --cpu-send "$GEN_CPU" \
		--cpu-recv "$CPU" $OPTIONS
}

single_reading()
{
	# shellcheck disable=SC2086
	consumer bench-read -B 64M -c $READ_PACKETS --cpu "$CPU" $OPTIONS
	wait_for 10 "bench-read" grep -q ready "$T/listener.err"
	# no faster than all can take: here nothing may be lost
	generate -c $READ_PACKETS --rate 400k || fail "$SUBJECT: $(head -n 1 "$T/gen.err")"
}

# single FUNCTION ROUND: a run of SUBJECT, its record to PART.runs
single()
{
	local status=0

	: >"$T/listener.err"
	: >"$T/engine.err"
	[ "$KIND" != pfq ] || engine_start
	"$1"
	ended "$LISTENER" 60 || status=$?
	# 3: frames are missing, which the record says
	[ $status -eq 0 ] || [ $status -eq 3 ] ||
		fail "$SUBJECT: status $status: $(tail -qn 3 "$T/listener.err" "$T/engine.err")"
	LISTENER=''
	subject_stop
	jq -c --arg part "$PART" --arg subject "$SUBJECT" --argjson round "$2" \
		'. + { twice: .again, part: $part, subject: $subject, round: $round, again: false }' \
		"$T/heard.json" | tee -a "$T/$PART.runs" |
		jq -r '"bench:   \(.subject): " + if .part == "delay"
			then "p50 \(.p50_ns / 1000) us, p99 \(.p99_ns / 1000) us, \(.lost) lost"
			else "\(.cpu_ns) ns a packet" end' >&2
}

# rounds_of PART ROUNDS FUNCTION [ARGUMENT...]: FUNCTION ARGUMENT... ROUND, with SUBJECT set
rounds_of()
{
	local round part=$1 rounds=$2

	shift 2
	for ((round = 1; round <= rounds; round++)); do
		say "$part, round $round of $rounds"
		for SUBJECT in $(singles "$part"); do
			single_read "$SUBJECT"
			"$@" $round
		done
	done
}

part_delay()
{
	rounds_of delay "${ROUNDS:-$DELAY_ROUNDS}" single single_delay
}

part_read()
{
	rounds_of read "${ROUNDS:-$READ_ROUNDS}" single single_reading
}
