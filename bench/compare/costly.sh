# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # BESIDE is of subject.sh
# The part "costly": four consumers share packets by flow, while another group of the same device
# has one consumer. The other group is absent, steers by flow, or has the most expensive program
# that a consumer may bring along. The result is the rate of the four, and the CPU time of pfqd.
# Workers run the programs of all groups, so an expensive program takes time from the others.

# beside_group: print the lines of the other group
beside_group()
{
	printf '[group beside]\ndevice = far0\ningest = %s\n' "$INGEST"
	[ "$INGEST" != xdp ] || echo 'mode = tap'
	case $OPTIONS in
	flow) echo 'steer = flow' ;;
	costly) echo "lang = file:$T/costly.lang" ;;
	esac
}

# costly ROUND: measure one round
costly()
{
	local before

	BESIDE=
	[ -z "$OPTIONS" ] || BESIDE=$(beside_group)
	consumers_start 64M
	BESIDE=
	[ -z "$OPTIONS" ] || beside_start
	before=$(cpu_ns "$ENGINE")
	wire_send --for "$SECONDS_EACH" -g "$SIZE" || fail "$SUBJECT: $(head -n 1 "$T/gen.err")"
	subject_drain
	before=$(($(cpu_ns "$ENGINE") - before))
	consumers_stop
	jq -nc --slurpfile gen "$T/gen.json" --slurpfile heard "$T/heard.json" \
		--slurpfile stats "$T/stats.json" --arg subject "$SUBJECT" --argjson round "$1" \
		--argjson engine "$before" -f "$HERE/compare/costly.jq" |
		tee -a "$T/costly.runs" | jq -r '
		"bench:   \(.subject): \(.mpps * 1000 | round / 1000) Mpps, " +
		"\(.lost_share * 1000 | round / 10) % lost, \(.unexplained) unexplained"' >&2
}

# beside_start: start the consumer of the other group, after the four
beside_start()
{
	consumer_start 5 env PFQ_SOCKET="$SOCKET" LD_LIBRARY_PATH="$LIBRARIES" PFQ_RING=64M \
		"$CAPTOP" --json -t "$TIMEOUT_MS" -i pfq@beside
	wait_for 10 "the member beside" engine_holds endpoints \
		"[.endpoints[] | select(.started)] | length == $OF_THEIR_OWN + 1"
}

part_costly()
{
	costly_program >"$T/costly.lang"
	rounds_of costly "${ROUNDS:-$COSTLY_ROUNDS}" costly
}
