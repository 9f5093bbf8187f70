#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# README.md shows the figures of the run in bench/results, and no others: it is noticed
# when one of them is another.
set -eu
here=${srcdir:-.}
readme=$(mktemp)
trap 'rm -f "$readme"' EXIT

bash "$here/readme.sh" check "$here/results" "$here/../README.md"

sed '/^<!-- figures/,/^<!-- end/s/| \([0-9]\)\.\([0-9]\)/| 9\1.\2/' "$here/../README.md" > "$readme"
if bash "$here/readme.sh" check "$here/results" "$readme" > /dev/null 2>&1; then
	echo "another figure in README.md was not noticed" >&2
	exit 1
fi
