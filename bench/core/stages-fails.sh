#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Tests that stages.sh finds a total that grew, and names the stages that grew with it. A stage that
# grew alone passes. A symbol that grew fails, and so does a program whose steps cost too much.
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

# --- symbols -------------------------------------------------------------------------------

# check_symbol: compare the symbol IS_IP only
check_symbol() {
	rc=0
	sh "$here/stages.sh" check ./bench-stages "$dir/baseline" IS_IP >"$dir/out" 2>&1 || rc=$?
}

grep '^#' "$here/baseline.tsv" >"$dir/baseline"
sh "$here/stages.sh" renew ./bench-stages "$dir/baseline" IS_IP >"$dir/out" 2>&1 ||
	fail "the baseline of a symbol could not be made"
cp "$dir/baseline" "$dir/true"
check_symbol
[ $rc -eq 0 ] || fail "a symbol that has just been counted does not compare equal"
awk '$2 == "IS_IP" && $3 == "step" && $4 > 0' "$dir/true" | grep -q . ||
	fail "a symbol costs nothing"

less 2 step
check_symbol
[ $rc -eq 1 ] && grep -Eq '^IS_IP +step .*GREW' "$dir/out" || fail "a symbol that grew is not found"

grep -v '	IS_IP	' "$dir/true" >"$dir/baseline"
check_symbol
[ $rc -eq 1 ] && grep -Eq '^IS_IP +step .*NEW' "$dir/out" ||
	fail "a symbol that the baseline lacks is not found"

# --- steps ---------------------------------------------------------------------------------

# steps ALL LANG HAND [NAME]: judge a program of 5 steps of these totals
steps() {
	name=${4:-lang-5}
	printf '%s 64 5\n' "$name" >"$dir/ran"
	printf 'gcc\t%s\ttotal\t%s\n' "$name" "$2" "${name%lang-5}hand-5" "$3" >"$dir/now"
	rc=0
	awk -v all="$1" -v room="${room:-0}" -f "$here/steps.awk" "$dir/ran" "$dir/now" \
		>"$dir/out" 2>&1 || rc=$?
}

steps 0 235 200
[ $rc -eq 0 ] || fail "7 instructions a step are too many"
steps 0 235.5 200
[ $rc -eq 1 ] && grep -q '^lang-5: ' "$dir/out" || fail "more than 7 instructions a step pass"
steps 0 260 200 calls-lang-5
[ $rc -eq 0 ] || fail "12 instructions a step are too many for calls"
steps 0 260.5 200 calls-lang-5
[ $rc -eq 1 ] && grep -q '^calls-lang-5: ' "$dir/out" ||
	fail "more than 12 instructions a step pass for calls"
room=30 && steps 0 240 200
[ $rc -eq 0 ] || fail "there is no room for another compiler"
steps 0 250 200
[ $rc -eq 1 ] || fail "there is too much room for another compiler"
room=0
steps 1 235 200
[ $rc -eq 1 ] && grep -q ' of 6 programs ' "$dir/out" || fail "programs that were not counted pass"
printf '%s\n' 'lang-1 64 1' >"$dir/ran"
printf 'gcc\t%s\ttotal\t%s\n' flow 119.3 lang-1 119.4 >"$dir/now"
! awk -f "$here/steps.awk" "$dir/ran" "$dir/now" >"$dir/out" ||
	fail "a program that differs from its policy passes"

# stages.sh asks for that judgement.
mkdir "$dir/core"
cp "$here/stages.sh" "$dir/core"
sed 's/= 7 \*/= 1 */' "$here/steps.awk" >"$dir/core/steps.awk"
! cmp -s "$here/steps.awk" "$dir/core/steps.awk" || fail "steps.awk has nothing to change"
sh "$here/stages.sh" renew ./bench-stages "$dir/baseline" lang-5 hand-5 >"$dir/out" 2>&1 ||
	fail "the baseline of a program could not be made"
# check_program FOLDER: compare a program by the scripts of the folder
check_program() {
	rc=0
	sh "$1/stages.sh" check ./bench-stages "$dir/baseline" lang-5 hand-5 >"$dir/out" 2>&1 ||
		rc=$?
}

check_program "$here"
[ $rc -eq 0 ] || fail "a step costs more than it may"
check_program "$dir/core"
[ $rc -eq 1 ] && grep -q '^lang-5: a step takes more than 1 ' "$dir/out" ||
	fail "stages.sh does not fail if a step costs more than it may"
