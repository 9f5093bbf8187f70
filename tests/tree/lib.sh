# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The functions that the checks of the source tree share; each check sources this file.
set -euo pipefail
export LC_ALL=C
unset MAKEFLAGS MFLAGS MAKELEVEL GREP_OPTIONS

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
cd "$top"
failures=0

# says WORD...: a rule is broken
says()
{
	echo "$*"
	failures=$((failures + 1))
}

# the end of each check: 1 where a rule is broken
finish()
{
	[ $failures -eq 0 ] || exit 1
	exit 0
}

# every file of the tree, with its path below it; none of a build, also of one in the tree itself
tree_all()
{
	{
		# a folder with a config.status is a build
		find . -mindepth 2 -maxdepth 4 -name config.status -printf '%h/\n'
		printf './%s/\n' build-aux modules libpcap-pfq/libpcap libpcap-pfq/stage \
			libpcap-pfq/cache
		echo
		if [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$top" ]; then
			# files that are deleted may be in the index still
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

# tree_files REGEX: the files whose path matches it
tree_files()
{
	grep -E -e "$1" <<<"$tree_list" || true
}

# rows FILE: a table without its comments
rows()
{
	sed 's/[[:space:]]*#.*//; /^[[:space:]]*$/d' "$1"
}

# ratchet NAME RULE: rows "WORD... NUMBER" of today on standard input against NAME.table.
# No number may rise; one that has fallen is to be lowered there, too.
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

# lower NAME: writes NAME.table anew, from rows on standard input; the sum of a kind of rows,
# which is their first word, must not rise. Rows of moved files move with them.
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
