# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=sh
# Messages of a script, and how it ends. setup.sh and scripts of bench/core use these functions,
# too, so they run in any POSIX shell.
TEST=$(basename "$0" .sh)
SKIPPED=77	# the exit status of a script that lacks something

# say WORD...: print a line
say()
{
	printf '%s\n' "$*"
}

# note WORD...: print a line on standard error, with the name of the script
note()
{
	printf '%s: %s\n' "$TEST" "$*" >&2
}

# skip REASON: end the script, because something is missing
skip()
{
	note "skipped: $*"
	exit $SKIPPED
}

# fail TEXT: end the script, because something is wrong
fail()
{
	note "FAILED: $*"
	exit 1
}

# need PROGRAM...: skip the script if a program is missing
need()
{
	for needed; do
		[ -x "$needed" ] || command -v "$needed" >/dev/null || skip "$needed is missing"
	done
}

# interrupted STATUS: exit, and ignore signals from now on
interrupted()
{
	trap '' INT TERM HUP
	exit "$1"
}
