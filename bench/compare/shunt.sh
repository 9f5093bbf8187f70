# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # PROGRAM is of subject.sh
# The part "shunt": four sensors (bench-sensor) share packets by flow, and few flows carry most
# bytes. The subjects differ in who discards the packets of a flow beyond its first MiB: nobody, a
# program of the group, or each sensor.
#
# A round has two runs of each subject. A paced one, which all subjects take without a loss, gives
# the CPU time. The other one is as fast as the generator sends, and gives the rate.

SHUNT_FLOWS=1000
SHUNT_ELEPHANTS=5:90:1400	# of these flows, percent of all bytes, payload of their packets
SHUNT_SIZE=300			# payload of all other packets
SHUNT_FRAMES=20000		# in the capture, which the generator repeats
# The other flows stay below 1 MiB: 400 times the capture gives each of them 900 KiB.
SHUNT_FRAMES_MAX=$((400 * SHUNT_FRAMES))
SHUNT_PACED=150000
SHUNT_RATE=100k

# shunt_begin: make the traffic and the program. The program is that of the examples, which cuts
# flows off at 100M, with 1M.
shunt_begin()
{
	"$BUILD/tests/tools/pfq-frames" -w "$T/shunt.pcap" --kinds udp4 --flows $SHUNT_FLOWS \
		--elephants $SHUNT_ELEPHANTS --size $SHUNT_SIZE --packets $SHUNT_FRAMES \
		>"$T/shunt.json" || fail "pfq-frames makes no capture"
	sed -E '/^#/d; s/\b100?M\b/1M/g' "$SRC/conf/examples/elephants.lang" >"$T/shunt.lang"
	[ "$(grep -cw 1M "$T/shunt.lang")" = 2 ] ||
		fail "conf/examples/elephants.lang has not the two limits 10M and 100M"
}

# shunt_run ROUND PACE ARGUMENT...: do a run of SUBJECT; ARGUMENTs are the generator's
shunt_run()
{
	local round=$1 pace=$2 sensor=("$BUILD/bench/bench-sensor" --timeout "$TIMEOUT_MS") before

	shift 2
	PROGRAM=
	case $OPTIONS in
	program) PROGRAM=$T/shunt.lang ;;
	sensors) sensor+=(--enough 1M) ;;
	esac
	consumers_start 64M "${sensor[@]}"
	before=$(cpu_ns "$ENGINE")
	wire_send --pcap "$T/shunt.pcap" "$@" || fail "$SUBJECT: $(head -n 1 "$T/gen.err")"
	subject_drain
	before=$(($(cpu_ns "$ENGINE") - before))
	consumers_stop
	PROGRAM=
	jq -nc --slurpfile gen "$T/gen.json" --slurpfile heard "$T/heard.json" \
		--slurpfile stats "$T/stats.json" --arg subject "$SUBJECT" --arg pace "$pace" \
		--argjson round "$round" --argjson engine "$before" \
		-f "$HERE/compare/shunt.jq" >"$T/run.json"
	tee -a "$T/shunt.runs" <"$T/run.json" | jq -r '"bench:   \(.subject), \(.pace): " +
		(if .cpu_ns then "sensors \(.cpu_ns | round) ns a packet, "
		elif .mpps then "\(.mpps * 1000 | round / 1000) Mpps, " else "" end) +
		"\(.delivered) delivered, \(.cut) cut, \(.lost) lost, " +
		"\(.unexplained) unexplained"' >&2
}

# shunt ROUND: measure one round
shunt()
{
	shunt_run "$1" paced -c $SHUNT_PACED --rate $SHUNT_RATE
	shunt_run "$1" full -c $SHUNT_FRAMES_MAX --for "$SECONDS_EACH"
}

part_shunt()
{
	shunt_begin
	rounds_of shunt "${ROUNDS:-$SHUNT_ROUNDS}" shunt
}
