#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# readme.sh: writes or checks the figures of README.md, which are those of the run kept in
# bench/results. RESULTS is that folder; for kmod/README.md it is kmod.json there (make
# bench-kmod).
#
#	readme.sh show RESULTS			the text, on standard output
#	readme.sh check RESULTS README.md	is it what README.md says?
#	readme.sh write RESULTS README.md	make it so
set -euo pipefail

HERE=$(dirname "$(realpath "$0")")
. "$HERE/../tests/lib/say.sh"
BEGIN='<!-- figures: made by bench/readme.sh, do not edit -->'
END='<!-- end of figures -->'

usage()
{
	sed -n 's/^#\t/usage: /p' "$0" >&2
	exit 2
}

# Print the text between the marks. Plots that the run did not make are left out.
text()
{
	local name

	if [ -f "$1" ]; then
		jq -r -f "$HERE/../tests/vm/bench_markdown.jq" "$1"
		return
	fi
	jq -e .counts "$1/table.json" >/dev/null ||
		fail "$1/table.json: the figures of this run do not count"
	jq -r -L "$HERE/compare" -f "$HERE/readme.jq" "$1/table.json"
	for name in rate consumers size; do
		[ ! -e "$1/$name.svg" ] || echo "![$(title $name)](bench/results/$name.svg)"
	done
	echo
	jq -r -L "$HERE/compare" -f "$HERE/compare/bar_markdown.jq" "$1/bar.json" |
		sed 's/^## /### /'
}

title()
{
	case $1 in
	rate) echo "delivered against offered rate" ;;
	consumers) echo "delivered against the number of consumers" ;;
	size) echo "delivered against the size of frames" ;;
	esac
}

shown()
{
	[ "$(grep -cFx -e "$BEGIN" -e "$END" "$1")" = 2 ] ||
		fail "$1: it needs one line \"$BEGIN\" and one line \"$END\""
	awk -v begin="$BEGIN" -v end="$END" '$0 == end { on = 0 } on; $0 == begin { on = 1 }' "$1"
}

check()
{
	diff -u --label README.md --label "made of $1" <(shown "$2") <(text "$1") ||
		fail "$2 differs from $1: run bench/readme.sh write"
}

write()
{
	local new

	shown "$2" >/dev/null
	new=$(mktemp)
	text "$1" >"$new"
	awk -v begin="$BEGIN" -v end="$END" -v new="$new" '
		$0 == end { on = 0 }
		!on
		$0 == begin { on = 1; while ((getline line < new) > 0) print line }' \
		"$2" >"$new.all"
	cat "$new.all" >"$2"
	rm -f "$new" "$new.all"
}

need jq
case ${1-}:$# in
show:2) text "$2" ;;
check:3) check "$2" "$3" ;;
write:3) write "$2" "$3" ;;
*) usage ;;
esac
