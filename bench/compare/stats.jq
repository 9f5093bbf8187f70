# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Statistics of runs; a library of the other jq programs

def median: sort | length as $n |
  if $n == 0 then null
  elif $n % 2 == 1 then .[($n - 1) / 2]
  else (.[$n / 2 - 1] + .[$n / 2]) / 2 end;
def spread: map(select(. != null)) | { n: length, median: median, min: min, max: max };
def distance: if . < 0 then -. else . end;

# The standard error of the median of some numbers. A normal distribution has quartiles 1.35
# deviations apart. The median's error is 1.25 deviations, divided by the root of the
# number.
def standard_error: sort | length as $n |
  if $n < 3 then null else
    1.25 / 1.35 * (.[($n * 3 / 4 | floor)] - .[($n / 4 | floor)]) / ($n | sqrt) end;

# {round: value} of a subject's runs; a run without a value is left out
def values($name; $again; f): map(select(.subject == $name and .again == $again)) |
  map((.round | tostring) as $round | f | select(. != null) | { ($round): . }) | add // {};

# The ratios of two such, for the rounds that both have
def ratios($a; $b): [$a | keys[] | select($b[.] != null and $b[.] > 0) | $a[.] / $b[.]];

# error: the standard error as a share of the median; null: not known
def ratio($of; $to; f): ratios(values($of; false; f); values($to; false; f)) |
  spread + { error: (standard_error as $e | median |
    if $e == null or . == 0 then null else $e / . end) };

# Compares two runs of the same subject in the same round, in the way in which subjects are
# compared. The ratio should be 1. The noise is its distance from 1, or its standard error,
# whichever is larger.
def noise: . as $runs | [.[] | select(.again).subject] | unique | map(. as $name |
  ($runs | ratios(values($name; false; .mpps); values($name; true; .mpps))) as $r |
  { subject: $name, ratio: ($r | spread), error: ($r | standard_error),
    noise: (if ($r | length) < 3 then null
            else [($r | median - 1 | distance), ($r | standard_error)] | max end) });
