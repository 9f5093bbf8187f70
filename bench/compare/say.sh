# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The messages of the comparison, and how it ends; part of bench.sh
# shellcheck disable=SC2034

STATUS_FAILED=1     # something that should work failed
STATUS_USAGE=2      # the command line is wrong
STATUS_NO_COUNT=3   # the results are written, but do not count: noise or unexplained packets
STATUS_MISSING=77   # this machine or this build lacks something

say()
{
	printf 'bench: %s\n' "$*" >&2
}

fail()
{
	say "FAILED: $*"
	exit $STATUS_FAILED
}

missing()
{
	say "cannot measure here: $*"
	exit $STATUS_MISSING
}

# wait_for SECONDS WHAT COMMAND...: wait until COMMAND succeeds
wait_for()
{
	local end=$((SECONDS + $1 + 1)) what=$2

	shift 2
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || fail "timed out waiting for $what"
		sleep 0.02
	done
}

# ended PID SECONDS: wait for its end; returns its exit status
ended()
{
	local end=$((SECONDS + $2 + 1)) status=0

	while kill -0 "$1" 2>/dev/null && ! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; do
		[ $SECONDS -lt $end ] || fail "process $1 does not end"
		sleep 0.01
	done
	wait "$1" || status=$?
	return $status
}
