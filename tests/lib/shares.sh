# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# For scripts about the shares of members: which member gets each of many flows? The same flows
# are sent in several rounds; a member's capture has the packets of all its rounds.
LEAST_FLOWS=10000

# shares_members NAME...: these captures join group demo, each under its name. NAME.2 has the
# name NAME.
shares_members()
{
	local name

	for name; do
		PFQ_NAME=${name%.2} capture "$name" pfq@demo -U
	done
}

# shares_away N: wait until group demo has N absent members
shares_away()
{
	wait_for 10 "$1 absent members" ctl_is groups ".groups[0].absent == $1"
}

# shares_round N CAPTURE...: send packets of at least LEAST_FLOWS flows, and write "FLOW CAPTURE" of
# those that these captures got into the file round.N. A capture NAME.2 counts as NAME.
shares_round()
{
	local round=$1 begin end name

	shift
	begin=$(date +%s.%N)
	frames b --kinds udp4 --one-way --flows 11000 --packets 30000 --rate 20000
	drain
	end=$(date +%s.%N)
	for name; do
		tcpdump -tt -nr "$(pcap "$name")" 2>/dev/null |
			awk -v from="$begin" -v to="$end" -v name="${name%.2}" \
				'$1 >= from && $1 < to { print $3 $5, name }'
	done | sort -u >"$T/round.$round"
}

# shares_of ROUND [NAME]: print the number of flows that NAME, or anybody, got
shares_of()
{
	awk -v name="${2:-}" 'name == "" || $2 == name' "$T/round.$1" | wc -l
}

# shares_moved ROUND1 ROUND2 [NAME]: print the number of flows that went to two members, without
# those that NAME has in one of the rounds. Flows that nobody got in a round do not count.
shares_moved()
{
	join "$T/round.$1" "$T/round.$2" | awk -v name="${3:-}" \
		'$2 != $3 && (name == "" || ($2 != name && $3 != name))' | wc -l
}

# shares_same ROUND1 ROUND2 NAME: print the number of flows that NAME got in both rounds
shares_same()
{
	join "$T/round.$1" "$T/round.$2" | awk -v name="$3" '$2 == name && $3 == name' | wc -l
}

# shares_all ROUND: fail unless each flow of round 1, and of LEAST_FLOWS, came to one member
shares_all()
{
	local flows

	flows=$(shares_of "$1")
	[ "$flows" -ge $LEAST_FLOWS ] || fail "only $flows flows came"
	[ "$flows" -eq "$(cut -d' ' -f1 "$T/round.1" | sort -u | wc -l)" ] ||
		fail "round $1: $flows flows"
}

# shares_is WHAT FIGURE MOST: print a figure; fail unless it is at most MOST
shares_is()
{
	note "$1: $2 of $(shares_of 1) flows, at most $3 allowed"
	[ "$2" -le "$3" ] || fail "$1: $2 flows"
}
