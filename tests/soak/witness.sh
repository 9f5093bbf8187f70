# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The witness: the member that joins first, and is neither stopped nor killed; part of soak.sh. It
# goes on with each pfqd, and its own statistics are compared with those of all pfqd.
WITNESS=(0 0 0)		# packets that the witness has captured, was offered, and has lost
WITNESS_FROM=(0 0 0)	# when this pfqd began

witness_joins()
{
	member_runs witness witness witness
}

# statistics_of NAME: print what a tcpdump said last: captured, received by filter, dropped by
# kernel
statistics_of()
{
	local word

	for word in captured received "dropped by kernel"; do
		grep -oE "[0-9]+ packets? $word" "$T/$1.err" | tail -n 1 | cut -d' ' -f1
	done | xargs
}

reports_of_the_witness()
{
	grep -c "dropped by kernel" "$T/witness.err" || true
}

more_reports_than()
{
	[ "$(reports_of_the_witness)" -gt "$1" ]
}

# A new pfqd has begun.
witness_begin()
{
	WITNESS_FROM=("${WITNESS[@]}")
}

# Set WITNESS.
witness_reports()
{
	local before

	before=$(reports_of_the_witness)
	kill -USR1 "${PID[witness]}"
	wait_for 20 "the witness to print its statistics" more_reports_than "$before"
	read -ra WITNESS <<<"$(statistics_of witness)"
}

# Has the witness read and lost what all pfqd have counted for it?
witness_is_right()
{
	local i counted

	# tcpdump counts a packet after the library has handed it over
	witness_reads_all
	read -ra counted <<<"$(jq -r '.endpoints[] | select(.name == "witness") | [.read,
		.counters.offered, .counters.drop_ring_full] | join(" ")' "$T/stats.json")"
	for i in 0 1 2; do
		[ $((WITNESS_FROM[i] + counted[i])) -eq "${WITNESS[i]}" ] ||
			fail "witness: ${WITNESS[*]} - ${WITNESS_FROM[*]}, pfqd: ${counted[*]}"
	done
}

# Wait until the witness has read its ring to its end.
witness_reads_all()
{
	local end=$((SECONDS + 20 * PATIENCE))

	witness_reports
	while [ $((WITNESS[0] + WITNESS[2])) -lt "${WITNESS[1]}" ]; do
		[ $SECONDS -lt $end ] || fail "the witness reads no more: ${WITNESS[*]}"
		sleep 0.1
		witness_reports
	done
}
