#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Tests that stages.sh finds a total that grew, and names the stages that grew with it. A stage that
# grew alone passes.
set -eu
export LC_ALL=C
here=$(dirname "$0")
dir=$(mktemp -d)
# Print the output of stages.sh after a failure, and the reason if it skips.
trap '[ $? -eq 0 ] || cat "$dir/out"; rm -rf "$dir"' EXIT
. "$here/../../tests/lib/say.sh"

check() {
	rc=0
	sh "$here/stages.sh" check ./bench-stages "$dir/baseline" flow >"$dir/out" 2>&1 || rc=$?
}

grep '^#' "$here/baseline.tsv" >"$dir/baseline"
rc=0
sh "$here/stages.sh" renew ./bench-stages "$dir/baseline" flow >"$dir/out" 2>&1 || rc=$?
[ $rc -ne 77 ] || exit 77
[ $rc -eq 0 ] || fail "the baseline could not be made"
cp "$dir/baseline" "$dir/true"
check
[ $rc -eq 0 ] || fail "what has just been counted does not compare equal"

# less AMOUNT STAGE...: the baseline says that each STAGE took AMOUNT instructions fewer
less() {
	amount=$1
	shift
	awk -v OFS='\t' -v amount="$amount" -v stages=" $* " '
		!/^#/ && index(stages, " " $3 " ") { $4 = sprintf("%.1f", $4 - amount) }
		{ print }' "$dir/true" >"$dir/baseline"
}

# of STAGE: print the stage's instructions in the baseline in use
of() {
	awk -v stage="$1" '!/^#/ && $3 == stage { print $4 }' "$dir/baseline"
}

# Enough for 10 % of the total, and less than all of the stage "record".
fifth=$(awk '!/^#/ && $3 == "total" { printf "%.1f", $4 / 5 }' "$dir/true")
now=$(of record)
now_total=$(of total)

# The stage grew, and so did the total.
less "$fifth" record total
check
[ $rc -eq 1 ] || fail "a total that grew by a quarter is not found"
grep -Eq "^flow +total +$(of total) -> +$now_total +GREW" "$dir/out" ||
	fail "the total is not named"
grep -Eq "^flow +record +$(of record) -> +$now +GREW" "$dir/out" || fail "the stage is not named"
[ "$(grep -c GREW "$dir/out")" -eq 2 ] || fail "a stage that did not grow is named"

# The total grew, but no stage that the baseline names.
less "$fifth" total
check
[ $rc -eq 1 ] || fail "a total that grew alone is not found"

# Instructions moved into the stage from another one: the total is equal.
less "$fifth" record
check
[ $rc -eq 0 ] || fail "a stage that grew fails, though the total is equal"
grep -Eq "^flow +record +$(of record) -> +$now +more" "$dir/out" || fail "the stage is not named"
[ "$(grep -c more "$dir/out")" -eq 1 ] || fail "a stage that did not grow is named"

# A stage that the baseline lacks has grown from 0.
less "$fifth" total
awk '$3 != "steer"' "$dir/baseline" >"$dir/less"
mv "$dir/less" "$dir/baseline"
check
[ $rc -eq 1 ] && grep -Eq '^flow +steer +0.0 -> .*GREW' "$dir/out" ||
	fail "a new stage is not named"

# With another compiler only the totals are compared, with more room.
sed 's/^[a-z]*-[0-9]*-/gcc-1-/' "$dir/true" >"$dir/baseline"
check
[ $rc -eq 0 ] && grep -q 'totals against gcc-1-' "$dir/out" || fail "another compiler's baseline"
awk -v OFS='\t' '$3 == "total" { $4 = sprintf("%.1f", $4 * 0.7) } { print }' "$dir/baseline" \
	>"$dir/less"
mv "$dir/less" "$dir/baseline"
check
[ $rc -eq 1 ] || fail "totals that grew by 40 % pass with another compiler"
