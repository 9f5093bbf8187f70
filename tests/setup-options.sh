#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The command line of setup.sh: --help is no error. An error names the wrong word and the allowed
# words. No case here installs, builds or runs anything.
set -eu
. "$(dirname "$0")/lib/say.sh"

setup=$(cd "$(dirname "$0")/.." && pwd)/setup.sh

# helps WORD...: setup.sh must exit with 0 and print its usage, and nothing on standard error
helps()
{
	local said status=0

	said=$(sh "$setup" "$@" 2>&1 >/dev/null) || status=$?
	[ $status -eq 0 ] || fail "$*: status $status"
	[ -z "$said" ] || fail "$*: it says on standard error: $said"
	said=$(sh "$setup" "$@")
	[[ $said = "usage: setup.sh "* ]] || fail "$*: it says: $said"
}

# refuses "WORD..." TEXT...: setup.sh must exit with 2, and its error must have each TEXT
refuses()
{
	local line=$1 said status=0 text

	shift
	# shellcheck disable=SC2086 # one argument for each word
	said=$(sh "$setup" $line 2>&1) || status=$?
	[ $status -eq 2 ] || fail "$line: status $status: $said"
	for text; do
		[[ $said = *"$text"* ]] || fail "$line: \"$text\" is not in: $said"
	done
}

helps --help
helps -h
helps help
for command in demo check deps install uninstall; do
	helps $command --help
	helps $command -h
	refuses "$command --nonsense" '"--nonsense"' --help
done
refuses 'demo --ingest' --ingest packet xdp
refuses 'demo --ingest wire' wire packet xdp
refuses 'demo --keep --nonsense' '"--nonsense"' --ingest --keep
refuses 'nonsense' '"nonsense"' demo check bench install
refuses '' usage:
echo "setup.sh: its command line is as it should be"
