#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Checks that README.md shows exactly the figures of the run in bench/results, and
# kmod/README.md those of its kmod.json. Also checks that another figure would be noticed.
set -eu
here=${srcdir:-.}
readme=$(mktemp)
trap 'rm -f "$readme"' EXIT

# check RESULTS README: README has the figures; with one changed figure in a table it has
# not
check()
{
	bash "$here/readme.sh" check "$1" "$2"
	sed '/^<!-- figures/,/^<!-- end/s/| \([0-9]\)\.\([0-9]\)/| 9\1.\2/' "$2" > "$readme"
	if bash "$here/readme.sh" check "$1" "$readme" > /dev/null 2>&1; then
		echo "another figure in $2 was not noticed" >&2
		exit 1
	fi
}

check "$here/results" "$here/../README.md"
check "$here/results/kmod.json" "$here/../kmod/README.md"
