# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # lib.sh prints WAITS
# Functions that start processes and wait for them. They need say.sh.
#
# PFQ_PATIENCE  the factor (1) by which each wait is longer, for a slow or busy machine
PATIENCE=${PFQ_PATIENCE:-1}
declare -A PID=()	# by the name of a capture or another program
WAITS=			# what the script waits for now

# background NAME COMMAND...: start it; its output goes to NAME.out and NAME.err
background()
{
	local name=$1

	shift
	# Empty the files before the child starts: they may have output of an earlier NAME.
	: >"$T/$name.out"
	: >"$T/$name.err"
	"$@" >>"$T/$name.out" 2>>"$T/$name.err" </dev/null &
	PID[$name]=$!
}

# wait_for SECONDS WHAT COMMAND...: repeat the command until it succeeds, or fail with WHAT
wait_for()
{
	local end=$((SECONDS + $1 * PATIENCE + 1)) what=$2

	shift 2
	WAITS=$what
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || fail "timed out waiting for: $what"
		pause 0.05
	done
	WAITS=
}

# The next three start no program: a wait that does leaves less of a CPU to what it waits for.

# pause SECONDS: sleep so long. Nobody writes into the fifo that begin() makes.
pause()
{
	if [ -p "$T/pause" ]; then
		read -rt "$1" <>"$T/pause" || true
	else
		sleep "$1"
	fi
}

# is_over PID: has the child ended?
is_over()
{
	local stat

	! { kill -0 "$1" && read -r stat <"/proc/$1/stat"; } 2>/dev/null || [[ $stat = *") Z "* ]]
}

# has_text FILE TEXT: does the file have this text?
has_text()
{
	local text=

	{ read -r -d '' text <"$1" || true; } 2>/dev/null
	[[ $text = *"$2"* ]]
}

# pid_ended PID NAME SECONDS: return the exit status of the child; fail if it does not end within
# SECONDS
pid_ended()
{
	local end=$((SECONDS + $3 * PATIENCE + 1)) status=0

	WAITS="the end of $2"
	until is_over "$1"; do
		[ $SECONDS -lt $end ] || fail "$2 does not end"
		pause 0.02
	done
	WAITS=
	wait "$1" || status=$?
	return $status
}

# ended NAME [SECONDS]: return its exit status; fail if it does not end within SECONDS (10)
ended()
{
	pid_ended "${PID[$1]}" "$1" "${2:-10}"
}
