#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Runs bench-ring-designs and writes its results as tables into PAGE, below the text there,
# and as JSON beside it. Reserves huge pages for the run, if it may, and returns them.
#
#	rings.sh PROGRAM PAGE [ROUNDS [RECORDS]]
set -eu
export LC_ALL=C

MARK='<!-- below: written by rings.sh -->'
POOL=/proc/sys/vm/nr_hugepages
WANTED=48	# of 2 MiB: a ring of 32 MiB and its surroundings

die() {
	echo "rings: $*" >&2
	exit 1
}

[ $# -ge 2 ] || die "usage: rings.sh PROGRAM PAGE [ROUNDS [RECORDS]]"
program=$1 page=$2
shift 2
command -v jq >/dev/null || die "jq is missing"
grep -q "^$MARK" "$page" || die "$page has no line \"$MARK\""
dir=$(mktemp -d)
pool=
restore() {
	[ -z "$pool" ] || echo "$pool" >"$POOL"
	rm -rf "$dir"
}
trap restore EXIT
trap 'exit 1' INT TERM HUP
if [ -w "$POOL" ]; then
	pool=$(cat "$POOL")
	echo $((pool + WANTED)) >"$POOL"
fi

"$program" "$@" >"$dir/json"

cell='def n(by): . * by | round / by | tostring;
	def f(by): if . == null then "-" else
		(.median | n(by)) + " (" + (.low | n(by)) + "-" + (.high | n(by)) + ")" end;
	def d: if . == null then "-" else (.median | n(10)) end;'
rows() {
	jq -r "$cell"' .settings[] | select(.table == "'"$1"'") |
		"| \('"$2"') | \(.design) | \(.put_ns | f(10)) | \(.get_ns | f(10)) | " +
		"\(.mrecords_per_s | f(1)) | \(.against_lanes | f(100)) | " +
		"\(.disorder_percent | d) |"' \
		"$dir/json"
}

table() {
	printf '\n## %s\n\n' "$3"
	echo "| $4 | design | put, ns | get, ns | million records/s | × lanes | out of order, % |"
	echo "|---|---|---|---|---|---|---|"
	rows "$1" "$2"
}

{
	sed "/^$MARK/q" "$page"
	echo
	jq -r --arg date "$(date -u +%F)" --arg kernel "$(uname -sr)" \
		--arg cpu "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" \
		'"\($date), \($cpu), \(.cpus) CPUs, \($kernel). \(.rounds) rounds of \(.records) " +
		"records of 96 bytes, all settings in each round; medians, and in brackets the " +
		"quartiles (× lanes: of the two rates of each round). Producer n runs on CPU n " +
		"modulo \(.cpus), the consumer on CPU \(.cpus - 1): where there are more threads " +
		"than CPUs, they take turns."' "$dir/json"
	table producers '"\(.producers), batch \(.batch)"' 'Producers' 'producers'
	table batch .batch 'Records published at once, one producer' 'batch'
	table pages .pages 'Pages, one producer, batch 64, 32 MiB of ring' 'pages'
} >"$dir/page"
cat "$dir/page" >"$page"
jq -c . "$dir/json" >"${page%.md}.json"
sed "1,/^$MARK/d" "$page"
