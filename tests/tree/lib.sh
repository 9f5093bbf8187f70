# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Functions of the checks of the source tree; each check sources this file.
set -euo pipefail
export LC_ALL=C
unset MAKEFLAGS MFLAGS MAKELEVEL GREP_OPTIONS

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
cd "$top"
failures=0

# says WORD...: report a broken rule
says()
{
	echo "$*"
	failures=$((failures + 1))
}

# finish: end a check, with status 1 if a rule is broken
finish()
{
	[ $failures -eq 0 ] || exit 1
	exit 0
}

# tree_all: print the path of every file in the tree, without files of a build
tree_all()
{
	{
		# A folder with a config.status is a build.
		find . -mindepth 2 -maxdepth 4 -name config.status -printf '%h/\n'
		printf './%s/\n' build-aux modules libpcap-pfq/libpcap libpcap-pfq/stage \
			libpcap-pfq/cache
		echo
		if [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$top" ]; then
			# The index may still have files that are deleted.
			comm -23 <(git ls-files --cached --others --exclude-standard | sort -u) \
				<(git ls-files --deleted | sort)
		else
			find . -name .git -prune -o -type f -printf '%P\n' | sort
		fi
	} | awk '
	!listed && /^$/ { listed = 1; next }
	!listed { builds[substr($0, 3)] = 1; next }
	{
		for (build in builds)
			if (index($0, build) == 1)
				next
		print
	}'
}

tree_list=$(tree_all)

# tree_files REGEX: print the files whose path matches REGEX
tree_files()
{
	grep -E -e "$1" <<<"$tree_list" || true
}

# rows FILE: print a table without its comments
rows()
{
	sed 's/[[:space:]]*#.*//; /^[[:space:]]*$/d' "$1"
}

# ratchet NAME RULE: compare today's rows "WORD... NUMBER" on standard input with NAME.table. No
# number may rise. If a number has fallen, the table must have the lower one.
ratchet()
{
	awk -v name="tests/tree/$1.table" -v rule="$2" '
	function key() { return substr($0, 1, length($0) - length($NF) - 1) }
	FNR == NR { allowed[key()] = $NF; next }
	{
		k = key()
		if ($NF > allowed[k] + 0) {
			print k ": " $NF " where " name " allows " allowed[k] + 0 ": " rule
			bad = 1
		}
		today[k] = $NF
	}
	END {
		for (k in allowed)
			if (today[k] + 0 < allowed[k]) {
				print k ": " today[k] + 0 " where " name " allows " allowed[k] \
					": lower the number there"
				bad = 1
			}
		exit bad
	}' <(rows "$here/$1.table") - | sort || failures=$((failures + 1))
}

# lower NAME: write NAME.table again, from rows on standard input. The first word of a row is its
# kind, and the sum of a kind must not rise. So a row may move with its file.
lower()
{
	local new

	new=$(cat)
	awk '
	FNR == NR { old[$1] += $NF; next }
	{ sum[$1] += $NF }
	END {
		for (kind in sum)
			if (sum[kind] > old[kind]) {
				print kind ": " sum[kind] " in all, and before " old[kind] + 0
				bad = 1
			}
		exit bad
	}' <(rows "$here/$1.table") - <<<"$new" || exit 1
	{
		grep '^#' "$here/$1.table"
		sort <<<"$new"
	} >"$here/$1.new"
	mv "$here/$1.new" "$here/$1.table"
}
