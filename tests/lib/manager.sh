# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # lib.sh and the scripts use the variables
# A service manager that keeps pfqd's descriptors and starts pfqd again: tests/tools/pfq-manager.
# Include it after lib.sh.

# began N: the manager has started pfqd N times
began()
{
	[ "$(grep -c '^started ' "$T/manager.out")" -eq "$1" ]
}

# went N: the manager has ended pfqd N times
went()
{
	[ "$(grep -c '^ended' "$T/manager.out")" -eq "$1" ]
}

# stored N: the manager keeps N descriptors
stored()
{
	[ "$(grep '^stored ' "$T/manager.out" | tail -n 1)" = "stored $1" ]
}

# manage: start the manager with a pfqd whose RuntimeDirectory= has the socket
manage()
{
	ends=0
	rm -f "$T/notify"
	background manager env RUNTIME_DIRECTORY="$T" ip netns exec "$NS_A" \
		"$TOOLS/pfq-manager" "$T/notify" "$PFQD" -c "$T/engine.conf"
	wait_for 20 "pfqd, see manager.err" engine_is_up
}

# take_away SIGNAL: let the manager end pfqd (USR1) or kill it (USR2), and not start it
take_away()
{
	kill -"$1" "${PID[manager]}"
	wait_for 10 "pfqd to end" went $((ends += 1))
}

# bring_back: let the manager start pfqd
bring_back()
{
	kill -HUP "${PID[manager]}"
	wait_for 20 "the next pfqd" began $((ends + 1))
}

# start_program NAME: start a tcpdump, and do not wait for it
start_program()
{
	background "$1" ip netns exec "$NS_A" env LD_LIBRARY_PATH="$T/lib" \
		"$TCPDUMP" -n -i pfq@demo -w "$T/pcap/$1.pcap"
}

# program_told NAME TEXT: the program ends within 2 seconds with this error
program_told()
{
	local status=0 begun

	begun=$(date +%s%N)
	ended "$1" || status=$?
	[ $status -eq 1 ] && grep -qF -e "$2" "$T/$1.err" ||
		fail "$1: status $status, and not \"$2\": $(cat "$T/$1.err")"
	[ $((($(date +%s%N) - begun) / 1000000)) -le $((2000 * PATIENCE)) ] ||
		fail "$1 was told late"
}

# program_is_member NAME: is the program a started member of the present pfqd?
program_is_member()
{
	# shellcheck disable=SC2016 # variables of jq
	ctl_is endpoints --argjson pid "${PID[$1]}" 'any(.endpoints[]; .pid == $pid and .started)'
}

# manage_demo: start the manager with a pfqd that has the group demo, and wait for its descriptors
manage_demo()
{
	wire_up
	engine_configure <<-END
	[group demo]
	device = wire0
	steer = flow
	END
	manage
	wait_for 5 "the socket and the shares to be kept" stored 2
}
