# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The part "idle": the CPU time of the engine and of four consumers while no packets come,
# and their memory after a burst

IDLE_SECONDS=3

# cpu_ns PID...: print how long all threads of these processes have run so far
cpu_ns()
{
	local pid

	for pid; do
		cat "/proc/$pid/task"/*/schedstat
	done | awk '{ sum += $1 } END { printf "%.0f\n", sum }'
}

# memory_of PID...: print the resident memory in KiB: RINGS INGEST REST. It counts
# proportional shares, so a page that several of the processes map counts once. RINGS are
# the members' rings. INGEST is the ring of a packet socket, or the memory of an AF_XDP
# socket. The latter has no name, but only it asks for anonymous huge pages. REST is
# everything else: code, heap, stacks.
memory_of()
{
	local pid

	for pid; do
		cat "/proc/$pid/smaps"
	done | awk '
		/^[0-9a-f]+-[0-9a-f]+ / { name = $6; kib = 0; next }
		$1 == "Pss:" || $1 == "Private_Hugetlb:" { kib += $2 }
		# Pss does not count it; the engine and a consumer both map it completely.
		$1 == "Shared_Hugetlb:" { kib += $2 / 2 }
		$1 == "VmFlags:" {
			if (name ~ /^\/(memfd:pfq-|secretmem)/)
				rings += kib
			else if (name ~ /^(socket:|\/anon_hugepage)/ || (name == "" && / hg( |$)/))
				ingest += kib
			else
				rest += kib
		}
		END { printf "%.0f %.0f %.0f\n", rings, ingest, rest }'
}

# idle ROUND: measure one round
idle()
{
	local round=$1 before_engine=0 before after_engine=0 after start end
	local rings ingest rest granted

	consumers_start 64M
	sleep 0.5
	# shellcheck disable=SC2086 # processes in a row
	{
		[ -z "$ENGINE" ] || before_engine=$(cpu_ns $ENGINE)
		before=$(cpu_ns $LISTENER)
		start=$(date +%s%N)
		sleep $IDLE_SECONDS
		[ -z "$ENGINE" ] || after_engine=$(cpu_ns $ENGINE)
		after=$(cpu_ns $LISTENER)
		end=$(date +%s%N)
		wire_send --for "$SECONDS_EACH" -g "$SIZE" ||
			fail "$SUBJECT: $(head -n 1 "$T/gen.err")"
		read -r rings ingest rest <<<"$(memory_of $ENGINE $LISTENER)"
	}
	granted=$([ -z "$ENGINE" ] || engine_json endpoints | jq '[.endpoints[].ring_bytes] | add')
	consumers_stop
	jq -nc --arg subject "$SUBJECT" --argjson round "$round" \
		--argjson ns $((end - start)) --argjson engine $((after_engine - before_engine)) \
		--argjson consumers $((after - before)) --argjson ring "${granted:-null}" \
		--argjson rings $((rings * 1024)) --argjson ingest $((ingest * 1024)) \
		--argjson rest $((rest * 1024)) '
		{ part: "idle", subject: $subject, round: $round, again: false,
		  engine: ($engine / $ns), consumers: ($consumers / $ns),
		  share: (($engine + $consumers) / $ns), granted_bytes: $ring, rings_bytes: $rings,
		  ingest_bytes: $ingest, rest_bytes: $rest }' |
		tee -a "$T/idle.runs" | jq -r '
		"bench:   \(.subject): \(.share * 1e6 | round) millionths of a CPU, " +
		"\(.rest_bytes / 1048576 * 10 | round / 10) MiB besides rings"' >&2
}

part_idle()
{
	rounds_of idle "${ROUNDS:-$IDLE_ROUNDS}" idle
}
