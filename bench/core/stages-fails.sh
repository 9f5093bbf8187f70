#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Tests that stages.sh finds a stage that grew, and names it with its old and new count.
set -eu
export LC_ALL=C
here=$(dirname "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "$1:"
	cat "$dir/out"
	exit 1
}

check() {
	rc=0
	sh "$here/stages.sh" check ./bench-stages "$dir/baseline" flow >"$dir/out" 2>&1 || rc=$?
}

grep '^#' "$here/baseline.tsv" >"$dir/baseline"
rc=0
sh "$here/stages.sh" renew ./bench-stages "$dir/baseline" flow >"$dir/out" 2>&1 || rc=$?
[ $rc -ne 77 ] || { cat "$dir/out"; exit 77; }
[ $rc -eq 0 ] || fail "the baseline could not be made"
cp "$dir/baseline" "$dir/true"
check
[ $rc -eq 0 ] || fail "what has just been counted does not compare equal"

# The baseline says that the hash took four fifths.
awk -v OFS='\t' '$2 == "flow" && $3 == "hash" { $4 = sprintf("%.1f", $4 * 0.8) } { print }' \
	"$dir/true" >"$dir/baseline"
was=$(awk '$2 == "flow" && $3 == "hash" { print $4 }' "$dir/baseline")
now=$(awk '$2 == "flow" && $3 == "hash" { print $4 }' "$dir/true")
check
[ $rc -eq 1 ] || fail "a stage that grew by a quarter is not found"
grep -Eq "^flow +hash +$was -> +$now +GREW" "$dir/out" || fail "stage, from and to are not named"
[ "$(grep -c GREW "$dir/out")" -eq 1 ] || fail "others than the stage that grew are named"

# A stage that the baseline lacks has grown from 0.
awk '$3 != "steer"' "$dir/true" >"$dir/baseline"
check
[ $rc -eq 1 ] && grep -Eq '^flow +steer +0.0 -> .*GREW' "$dir/out" || fail "a new stage passes"

# With another compiler only the totals are compared, with more room.
sed 's/^[a-z]*-[0-9]*-/gcc-1-/' "$dir/true" >"$dir/baseline"
check
[ $rc -eq 0 ] && grep -q 'totals against gcc-1-' "$dir/out" || fail "another compiler's baseline"
awk -v OFS='\t' '$3 == "total" { $4 = sprintf("%.1f", $4 * 0.7) } { print }' "$dir/baseline" \
	>"$dir/less"
mv "$dir/less" "$dir/baseline"
check
[ $rc -eq 1 ] || fail "totals that grew by 40 % pass with another compiler"
