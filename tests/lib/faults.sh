# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# Functions for the scripts that let system calls fail, one at a time. strace records the calls of
# a run without faults. faults.table says which errors each call can have. Then the script runs
# anew for each fault. The scripts source this file after lib.sh.
#
# PFQ_FAULTS  how many faults of each list a script tries, drawn by chance (10, and 3 on a slow
#             machine); or "all"; or words between commas: "101-200" means these of each list,
#             "ppoll" all faults of ppoll(), and "sendto 12 ENOBUFS" this one
# PFQ_SEED    the seed of the draw; the script prints it
# PFQ_FAULTS_SHOWN  1: print each fault and its result
FAULTS=${PFQ_FAULTS:-$((PATIENCE > 1 ? 3 : 10))}
SEED=${PFQ_SEED:-$(date +%s)}
FAULT=			# the one that is tried: "CALL NUMBER ERROR"
TRACE=			# strace's output of that run
declare -A KINDS=()	# how many faults had this result

# faults_begin: check what this machine needs. Sanitizers make calls of their own.
faults_begin()
{
	need strace awk
	TRACE=$T/fault.trace
	strace -qq -o /dev/null true 2>/dev/null || skip "strace may not trace here"
	! grep -q __asan_init "$PFQD" || skip "the sanitizers make calls of their own"
}

# trace_options: print the options of strace for a record
trace_options()
{
	echo -qq -y -s 64
}

# fault_options: print the options of strace for the fault that is tried
fault_options()
{
	local call=${FAULT%% *} number=${FAULT#* } how=error=

	[ "${FAULT##* }" != "retval=0" ] || how=
	echo -qq -y -s 64 -e "trace=$call" -e "inject=$call:$how${FAULT##* }:when=${number% *}"
}

# faults_of NAME TRACE [VARIABLE=VALUE...]: choose the faults of a trace, in NAME.faults; see
# faults.awk for the variables
faults_of()
{
	local name=$1 trace=$2 variable=() word words all

	shift 2
	for word; do
		variable+=(-v "$word")
	done
	awk "${variable[@]}" -f "$PFQ_SRC/tests/lib/faults.awk" "$PFQ_SRC/tests/lib/faults.table" \
		"$trace" >"$T/$name.all"
	! grep ' ?$' "$T/$name.all" || fail "faults.table has no line for these calls"
	all=$(wc -l <"$T/$name.all")
	[ "$all" -gt 0 ] || fail "$name: the trace has no call that can fail: $(head -n 3 "$trace")"
	case $FAULTS in
	all) cp "$T/$name.all" "$T/$name.faults" ;;
	*[!0-9]*)
		IFS=, read -ra words <<<"$FAULTS"
		for word in "${words[@]}"; do
			case $word in
			[0-9]*) sed -n "${word/-/,}p" "$T/$name.all" ;;
			*) grep "^$word\( \|$\)" "$T/$name.all" || true ;;
			esac
		done >"$T/$name.faults"
		;;
	*)
		awk -v seed="$SEED" 'BEGIN { srand(seed) } { print rand() "\t" $0 }' \
			"$T/$name.all" | sort -g | head -n "$FAULTS" | cut -f 2 >"$T/$name.faults"
		;;
	esac
	echo "$name: $(cut -d ' ' -f 1 "$T/$name.all" | sort -u | wc -l) system calls, in" \
		"$(cut -d ' ' -f 1,2 "$T/$name.all" | sort -u | wc -l) places, with $all faults;" \
		"$(wc -l <"$T/$name.faults") are tried, PFQ_SEED=$SEED"
}

# try_faults NAME COMMAND...: run the command for each fault of NAME.faults, with $FAULT set
try_faults()
{
	local name=$1

	shift
	while read -r FAULT <&4; do
		"$@" 4<&-
	done 4<"$T/$name.faults"
	say_results
}

# say_results: print how many faults had each result since the last call
say_results()
{
	local word

	for word in "${!KINDS[@]}"; do
		echo "  ${KINDS[$word]} $word"
	done
	KINDS=()
}

# faults_end: fail if a fault was not handled well
faults_end()
{
	[ ! -s "$T/wrong.log" ] || fail "$(wc -l <"$T/wrong.log") faults were not handled well"
}

# result KIND: count the result of the fault that is tried
result()
{
	KINDS[$1]=$((${KINDS[$1]:-0} + 1))
	[ -z "${PFQ_FAULTS_SHOWN:-}" ] || echo "$FAULT: $1"
}

# is_meant: can the call that failed have this error? A run can make other calls before it than the
# one that was recorded: libhugetlbfs reads all mounts of the machine, for example.
is_meant()
{
	local calls

	calls=$(grep INJECTED "$TRACE" | grep -v ' resumed>') || return 0
	awk -f "$PFQ_SRC/tests/lib/faults.awk" "$PFQ_SRC/tests/lib/faults.table" - <<<"$calls" |
		grep -q " ${FAULT##* }\$"
}

# wrong TEXT [FILE...]: note that the fault was not handled well, with the ends of these files
wrong()
{
	local file

	if ! is_meant; then
		result "hit a call that cannot fail so"
		return
	fi
	result "wrong"
	{
		printf '%s: %s' "$FAULT" "$1"
		for file in "${@:2}"; do
			printf ' | %s' "$(tail -n 4 "$file" | tr '\n' ' ' | cut -c 1-400)"
		done
		echo
	} | tee -a "$T/wrong.log"
}

# was_injected: has strace let the call fail? A run can make fewer calls than the one before.
was_injected()
{
	has_text "$TRACE" INJECTED
}

# The words of an error text, where they are not those of strerror().
declare -A SAYS=(
	[ECONNRESET]="has closed the connection" [EPIPE]="has closed the connection"
	[ENOENT]="nothing listens on" [ECONNREFUSED]="nothing listens on"
	[EAGAIN]="at its limit\|its queue is full\|MemoryMax=" [ENOMEM]="MemoryMax="
	[retval=0]="Cannot allocate memory"
	[EACCES]="no permission to" [EPERM]="no permission to\|is missing"
)

# names_error FILE...: does a text name the error that the call had, in capitals or not? Sets
# $WORDS.
names_error()
{
	WORDS=$(sed -n 's/.* = .*(\(.*\)) (INJECTED).*/\1/p' "$TRACE" | head -n 1)
	[ -z "${SAYS[${FAULT##* }]:-}" ] || WORDS="${WORDS:+$WORDS\|}${SAYS[${FAULT##* }]}"
	cat "$@" | grep -qi -e "$WORDS"
}

# judge_error STATUS KIND FILE...: a program has ended with STATUS because of the fault. STATUS must
# be 1, and a FILE must name the error; then the result is KIND.
judge_error()
{
	if [ "$1" -ne 1 ]; then
		wrong "status $1" "${@:3}"
	elif ! names_error "${@:3}"; then
		wrong "the error does not say \"$WORDS\"" "${@:3}"
	else
		result "$2"
	fi
}

# judge_success: the program works in spite of the fault
judge_success()
{
	if was_injected; then result "made up for"; else result "was not reached"; fi
}

# traced NAME PID,... OPTION...: from now on, trace these threads with these options of strace
traced()
{
	local name=$1 tids=$2 threads=()

	shift 2
	read -ra threads <<<"${tids//,/ }"
	background "strace-$name" strace "$@" "${threads[@]/#/-p}"
	wait_for 5 "strace" is_traced "${threads[@]}"
}

# The call that strace has interrupted can be the one that fails, so that the program ends.
is_traced()
{
	local tid

	for tid; do
		is_over "$tid" || ! has_text "/proc/$tid/status" $'TracerPid:\t0\n' || return 1
	done
}

# untraced NAME: end the trace
untraced()
{
	kill -INT "${PID[strace-$1]}" 2>/dev/null || true
	ended "strace-$1" 10 || true
}

# --- the others --------------------------------------------------------------------

PACKETS=20		# in one step
SENT=0			# to the member that others must not harm
BEFORE=			# process_state of pfqd with this member

# send_until_over PID: send packets until a program that waits for $PACKETS has ended. It may have
# been refused, or come back later.
send_until_over()
{
	while :; do
		frames b --kinds udp4 --packets $PACKETS
		SENT=$((SENT + PACKETS))
		! is_over "$1" || break
		pause 0.1
	done
}

# shellcheck disable=SC2016 # a variable of jq
# Is pfqd as before, and has the member that others must not harm got every packet?
others_are_well()
{
	[ "$(process_state "${PID[engine]}")" = "$BEFORE" ] &&
		ctl_is stats --argjson sent $SENT '[.endpoints[] | .counters |
			.delivered == $sent and .drop_ring_full == 0] == [true]'
}

# others_now: print what others_are_well looks at
others_now()
{
	echo "now $(process_state "${PID[engine]}"); $SENT packets sent; members:"
	ctl stats --json | jq -c '[.endpoints[].counters | with_entries(select(.value != 0))]'
}

# begin_others JOIN: start pfqd with group all, and the member. JOIN joins once, and leaves.
begin_others()
{
	[ -z "${PID[engine]:-}" ] || stop_engine
	if [ -n "${PID[stays]:-}" ]; then
		# a member of the kernel engine does not end with pfqd
		kill "${PID[stays]}" 2>/dev/null || true
		ended stays || true
	fi
	start_group all steer=copy ring=1M promisc=yes 'access=root 0666'
	SENT=0
	PFQ_RECONNECT=no capture stays pfq@all
	"$@" || fail "the first join: $(cat "$T/m.err")"
	wait_for 5 "the first one to leave" has_members all 1
	engine_fds_at_rest >/dev/null
	BEFORE=$(process_state "${PID[engine]}")
}

# process_state PID: print threads, descriptors, shared mappings and privileges of a process
process_state()
{
	local tasks=("/proc/$1/task"/*) fds=("/proc/$1/fd"/*)

	echo "threads ${#tasks[@]} descriptors ${#fds[@]}" \
		"shared $(grep -c 'memfd:\|secretmem\|socket:' "/proc/$1/maps" || true)" \
		"privileges" "$(sed -n 's/^\(Uid\|Cap...\|NoNewPrivs\|Seccomp\):[[:space:]]*//p' \
			"/proc/$1"/task/*/status | sort | uniq -c | xargs)"
}
