# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # what is read here, other files use
# The table "singles". Its rows are subjects of the parts that measure something else than
# rates. This file has the parts with one consumer that is its own program: delay and read.

SINGLES=$HERE/compare/singles
DELAY_FRAMES=500	# in each run
DELAY_BLOCK=100
DELAY_GAP="--gap-min 1.2ms --gap-max 3ms"
READ_PACKETS=200000	# packets that wait in a buffer
READ_TIMES=5		# how often so many wait in a run
AWAKE=			# process ids of awake_begin()

# singles PART: print the names that the command line allows
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

# single_read NAME: set KIND INGEST OPTIONS; false: no such subject
single_read()
{
	local row

	row=$(awk -v name="$1" '!/^#/ && $1 == name' "$SINGLES")
	[ -n "$row" ] || return 1
	read -r _ _ KIND INGEST OPTIONS _ <<<"$row"
	[ "$OPTIONS" != - ] || OPTIONS=
	STEER=flow CONSUMERS=1
}

# consumer PROGRAM ARGUMENT...: start it; its result goes to heard.json
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
	# shellcheck disable=SC2086 # options in a row
	consumer bench-delay -o "near0@$NS_NEAR" -c $DELAY_FRAMES --block $DELAY_BLOCK \
		$DELAY_GAP --cpu-send "$GEN_CPU" \
		--cpu-recv "$CPU" $OPTIONS
}

# Read several times: one read takes milliseconds, in which a stall would weigh much.
single_reading()
{
	local i

	# shellcheck disable=SC2086
	consumer bench-read -B 64M -c $READ_PACKETS --rounds $READ_TIMES --cpu "$CPU" $OPTIONS
	wait_for 10 "bench-read" grep -q ready "$T/listener.err"
	for ((i = 1; i <= READ_TIMES; i++)); do
		# A rate that each subject takes: no packet may be lost here.
		wire_send -c $READ_PACKETS --rate 600k ||
			fail "$SUBJECT: $(head -n 1 "$T/gen.err")"
		wait_for 10 "bench-read to read" has_read $i
	done
}

# has_read TIMES: it has read so often, or has ended
has_read()
{
	[ "$(wc -l <"$T/heard.json")" -ge "$1" ] || ! kill -0 "$LISTENER"
}

# One record from the reads of a run: the least time, the sum of packets
LEAST='if .[0].cpu_ns then
	(map(.packets) | add) as $packets | (map(.expected // .waiting) | add) as $expected |
	min_by(.cpu_ns) + { packets: $packets, expected: $expected }
else .[0] end'

# single FUNCTION ROUND: do a run of SUBJECT; its record goes to PART.runs
single()
{
	local status=0

	: >"$T/listener.err"
	: >"$T/engine.err"
	[ "$KIND" != pfq ] || engine_start
	"$1"
	pid_ended "$LISTENER" "$SUBJECT" 60 || status=$?
	# Status 3 means that frames are missing; the record has their number.
	[ $status -eq 0 ] || [ $status -eq 3 ] ||
		fail "$SUBJECT: status $status: $(tail -qn 3 "$T/listener.err" "$T/engine.err")"
	LISTENER=''
	subject_stop
	jq -sc --arg part "$PART" --arg subject "$SUBJECT" --argjson round "$2" \
		"$LEAST"' | . + { twice: .again, part: $part, subject: $subject, round: $round,
			again: false }' \
		"$T/heard.json" | tee -a "$T/$PART.runs" |
		jq -r '"bench:   \(.subject): " + if .part == "delay"
			then "p50 \(.p50_ns / 1000) us, p99 \(.p99_ns / 1000) us " +
				"(quiet \(.p99_quiet_ns / 1000)), \(.lost) lost"
			else "\(.cpu_ns) ns a packet" end' >&2
}

# rounds_of PART ROUNDS FUNCTION [ARGUMENT...]: call FUNCTION ARGUMENT... ROUND for each
# SUBJECT
rounds_of()
{
	local round part=$1 rounds=$2

	shift 2
	for ((round = 1; round <= rounds; round++)); do
		note "$part, round $round of $rounds"
		for SUBJECT in $(singles "$part"); do
			single_read "$SUBJECT"
			"$@" $round
		done
	done
}

# Keep both CPUs awake. The host may take a millisecond to wake a virtual CPU that sleeps.
# The loops run in the lowest class, so that all other programs go first.
awake_begin()
{
	local cpu

	for cpu in "$GEN_CPU" "$CPU"; do
		chrt --idle 0 taskset -c "$cpu" sh -c 'while :; do :; done' &
		AWAKE="$AWAKE $!"
	done
}

awake_end()
{
	# shellcheck disable=SC2086
	kill $AWAKE
	# shellcheck disable=SC2086 # they were killed
	wait $AWAKE 2>/dev/null || true
	AWAKE=
}

part_delay()
{
	awake_begin
	rounds_of delay "${ROUNDS:-$DELAY_ROUNDS}" single single_delay
	awake_end
}

part_read()
{
	rounds_of read "${ROUNDS:-$READ_ROUNDS}" single single_reading
}
