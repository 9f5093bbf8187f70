#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Each system call that our libpcap makes in a program while pfqd is killed and comes back fails
# once, with each error that it can have. The program goes on with the new pfqd and has as many
# descriptors as before, or ends with an error that names what failed. The others come back.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/faults.sh"
begin
[ "$ENGINE" = user ] || skip "the kernel engine does not end"
faults_begin
wire_up
BATCH=8			# programs that wait for pfqd at the same time, each with a fault of its own

# member NAME: start a program that goes on until it is told to end
member()
{
	capture "$1" pfq@all -Z root
}

# are_back NAME...: have all of these that live joined again, and have they read all?
are_back()
{
	local name count=1

	for name; do
		is_over "${PID[$name]}" || count=$((count + 1))
	done
	has_members all $count
}

# shellcheck disable=SC2016 # a variable of jq
# got PACKETS: have all members read everything, and has the member without a fault got so many?
got()
{
	ctl stats >"$T/stats.log"
	ctl_is stats --argjson sent "$1" 'all(.endpoints[]; .unread == 0) and
		any(.endpoints[]; .name == "stays" and .counters.delivered == $sent)'
}

# shellcheck disable=SC2016
# all_get: do all members get packets? One whose fault comes with packets joins again.
all_get()
{
	ctl_is stats --argjson sent "$PACKETS" 'all(.endpoints[]; .counters.delivered >= $sent)'
}

# pfqd_restarts NAME...: pfqd is killed and starts again; these members go on or end
pfqd_restarts()
{
	local round

	crash_engine 2>/dev/null
	launch_engine
	for ((round = 1; round <= 5; round++)); do
		wait_for 15 "the others, and those of $* that live" are_back "$@"
		frames b --kinds udp4 --packets "$PACKETS"
		wait_for 10 "all packets to be read" got $((round * PACKETS))
		! all_get || return 0
	done
	fail "a member gets no packets"
}

# judge NAME BEFORE: the fault of this program is over
judge()
{
	local status=0 now

	if is_over "${PID[$1]}"; then
		ended "$1" || status=$?
		judge_error $status "ended with a text" "$T/$1.err"
		member "$1"
		return
	fi
	now=$(process_state "${PID[$1]}")
	if [ "$now" = "$2" ]; then judge_success; else wrong "$now, before: $2" "$T/$1.err"; fi
}

start_group all steer=copy ring=1M
members=()
for ((i = 0; i < BATCH; i++)); do
	members+=("m$i")
	member "m$i"
done
PFQ_NAME=stays member stays
# shellcheck disable=SC2046 # words
traced m0 "${PID[m0]}" $(trace_options) -o "$T/back.trace"
pfqd_restarts "${members[@]}"
untraced m0
faults_of back "$T/back.trace"
mapfile -t list <"$T/back.faults"
for ((at = 0; at < ${#list[@]}; at += BATCH)); do
	declare -A before=()
	for ((i = 0; i < BATCH && at + i < ${#list[@]}; i++)); do
		FAULT=${list[at + i]}
		before[m$i]=$(process_state "${PID[m$i]}")
		read -ra options <<<"$(fault_options)"
		traced "m$i" "${PID[m$i]}" "${options[@]}" -o "$T/fault$i.trace"
	done
	pfqd_restarts "${members[@]}"
	for name in "${!before[@]}"; do
		# shellcheck disable=SC2034 # for faults.sh
		FAULT=${list[at + ${name#m}]}
		# shellcheck disable=SC2034
		TRACE=$T/fault${name#m}.trace
		untraced "$name"
		judge "$name" "${before[$name]}"
	done
done
say_results
faults_end
stop_captures stays "${members[@]}"
stop_engine
