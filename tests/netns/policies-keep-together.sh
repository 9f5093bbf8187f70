#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# For each policy, checks which packets it keeps together and which not: the table of
# pfqd.conf(5).
. "$(dirname "$0")/../lib.sh"
begin
wire_up
export WORKERS=2
policies='flow ip mac'
start_engine < <(printf '[group %s]\ndevice = wire0\nsteer = %s\nfrag_wait = 5s\n\n' \
	flow flow ip ip mac mac)
parts() { echo "$1-$2-0" "$1-$2-1" "$1-$2-2"; }

# round NAME FRAMES-OPTIONS: send the frames to three members of each group
round()
{
	local name=$1 policy part

	shift
	reference "wire-$name" wire0
	for policy in $policies; do
		for part in $(parts "$policy" "$name"); do
			capture "$part" "pfq@$policy"
		done
		wait_members "$policy" 3
	done
	frames b --flows 200 --window 32 --rate 20000 "$@"
	drain
	stats_add_up
	for policy in $policies; do
		# shellcheck disable=SC2046 # names without white space
		stop_captures $(parts "$policy" "$name")
		wait_members "$policy" 0
	done
	stop_captures "wire-$name"
}

# kept POLICY NAME [OPTION]: the members' files keep packets together as the policy says
# apart POLICY NAME [OPTION]: the packets of some flow are with several members
kept()
{
	# shellcheck disable=SC2046
	check "${@:3}" --reference "wire-$2" $(parts "$1" "$2") >"$T/check.out" ||
		fail "$1, $2: $(cat "$T/check.out")"
}
apart()
{
	# shellcheck disable=SC2046
	"$TOOLS/pfq-check" --json "${@:3}" $(pcap $(parts "$1" "$2")) >"$T/apart.json" || true
	jq -e '.found.flows_shared > 0' "$T/apart.json" >/dev/null ||
		fail "$1, $2: no flow is divided, but the manual says that some are"
}

# both directions, fragments in any order, errors from the hosts, tunnels
round hosts --order shuffled --packets 6000 \
	--kinds udp4,tcp4,udp6,tcp6,frag4,frag6,unreach4,unreach6,gre4,fraggre4,esp6,fragesp6
for policy in $policies; do
	kept "$policy" hosts
done
# Another flow between the same two hosts, as FTP's data connection.
apart flow hosts --hosts
kept ip hosts --hosts
kept mac hosts --hosts
# errors from a router, on a link that carries both directions
round routers --packets 2000 --kinds tcp4,exceed4,tcp6,toobig6
kept flow routers
apart ip routers
kept mac routers
stop_engine
