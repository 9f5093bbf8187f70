# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# Events of members; part of soak.sh. A member is an unmodified tcpdump.
MEMBERS_MAX=8
JOINS=0
LIVE=()			# names of members, without the witness
declare -A STOPPED	# by name: it was stopped
declare -A JOINED_IN	# by name: the number of the pfqd that it joined first
declare -A NAME_OF	# by name: the name of its endpoint

# member_runs NAME GROUP ENDPOINT: start a member, and wait until it captures
member_runs()
{
	NAME_OF[$1]=$3
	background "$1" env LD_LIBRARY_PATH="$T/lib" "PFQ_NAME=$3" ip netns exec "$NS_A" \
		"$TCPDUMP" -n -i "pfq@$2" -Z root -s 64 -w /dev/null
	wait_for 20 "$1 to join, see $1.err" is_member "$1"
	JOINED_IN[$1]=$PFQDS
}

# is_member NAME: does pfqd give it packets?
is_member()
{
	ctl_is endpoints "any(.endpoints[]; .pid == ${PID[$1]} and .started)"
}

# endpoint_of NAME: set ID
endpoint_of()
{
	ID=$(ctl endpoints --json | jq ".endpoints[] | select(.pid == ${PID[$1]}) | .id")
	[ -n "$ID" ]
}

member_joins()
{
	local i

	[ ${#LIVE[@]} -lt $MEMBERS_MAX ] || return 0
	pick share share copies
	# the first free name, which may be the name of an absent member
	for ((i = 1; i <= MEMBERS_MAX; i++)); do
		[[ " ${NAME_OF[*]} " = *" $PICKED$i "* ]] || break
	done
	member_runs "m$((++JOINS))" "$PICKED" "$PICKED$i"
	LIVE+=("m$JOINS")
}

# forget NAME: it is no member any more
forget()
{
	local name left=()

	for name in "${LIVE[@]}"; do
		[ "$name" = "$1" ] || left+=("$name")
	done
	LIVE=("${left[@]}")
	unset "NAME_OF[$1]"
}

# go_on NAME: it is not stopped any more
go_on()
{
	kill -CONT "${PID[$1]}"
	unset "STOPPED[$1]"
}

# let_go NAME SIGNAL STATUS: the member gets the signal, and ends with this status. The ledger gets
# the counters that pfqd has for it.
let_go()
{
	local name=$1 status=0

	go_on "$name"
	wait_for 20 "$name to be a member again" is_member "$name"
	wait_for 5 "the endpoint of $name" endpoint_of "$name"
	kill "-$2" "${PID[$name]}"
	ended "$name" 20 || status=$?
	[ $status -eq "$3" ] || fail "$name ended with status $status: $(cat "$T/$name.err")"
	wait_for 10 "pfqd to keep the counters of $name, endpoint $ID" ledger_takes "$ID"
	[ "$3" -ne 0 ] || [ "${JOINED_IN[$name]}" -ne "$PFQDS" ] || ledger_agrees "$name" "$ID"
	forget "$name"
}

# let_any_go SIGNAL STATUS
let_any_go()
{
	[ ${#LIVE[@]} -gt 0 ] || return 0
	pick "${LIVE[@]}"
	let_go "$PICKED" "$@"
}

member_leaves() { let_any_go INT 0; }
member_dies() { let_any_go KILL 137; }

member_stops()
{
	[ ${#LIVE[@]} -gt 0 ] || return 0
	pick "${LIVE[@]}"
	kill -STOP "${PID[$PICKED]}"
	STOPPED[$PICKED]=1
}

members_go_on()
{
	local name

	for name in "${!STOPPED[@]}"; do
		go_on "$name"
	done
}

# members_are_there: wait until all of them are members of this pfqd
members_are_there()
{
	local name

	for name in witness "${LIVE[@]}"; do
		wait_for 20 "$name to be a member, see $name.err" is_member "$name"
	done
}

members_leave()
{
	while [ ${#LIVE[@]} -gt 0 ]; do
		let_go "${LIVE[0]}" INT 0
	done
}

# Members print nothing but their statistics.
members_are_silent()
{
	local lines

	lines=$(cat "$T/witness.err" "$T"/m[0-9]*.err | grep -vE -e '^tcpdump: listening on ' \
		-e '^(tcpdump: )?[0-9]+ packets? (captured|received|dropped)' || true)
	[ -z "$lines" ] || fail "a member printed: $lines"
}
