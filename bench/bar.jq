# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The bar, judged by the documents of a run.
#
# In: {part: its document}; $bar, the table "bar" as an array in an array.
include "stats";

def verdict($value; $row; $at_least):
  if $value == null then "not measured"
  elif $row.beyond != null and (if $at_least then $value >= $row.beyond else $value <= $row.beyond end) then "beyond"
  elif (if $at_least then $value >= $row.bar else $value <= $row.bar end) then "met"
  else "not met" end;

# What a further consumer costs, from each step to the next one
def steps($prefix): . as $runs | [1, 2, 4, 8] |
  [range(0; length - 1) as $i | { few: .[$i], many: .[$i + 1] }] |
  map(. as $step |
    ($runs | ratio("\($prefix)\($step.many)"; "\($prefix)\($step.few)"; .mpps)) as $r |
    select($r.median != null) | $step + { cost: ((1 - $r.median) / ($step.many - $step.few)) });

def runs($part): .[$part].runs // [];

# kind of row: what was measured, and whether more of it is better
def measured($row): {
  ratio: { value: (runs("table") | ratio($row.of; $row.to; .mpps)), more: true },
  delay: { value: (runs("delay") | ratio($row.of; $row.to; .p99_ns)), more: false },
  read: { value: (runs("read") | ratio($row.of; $row.to; .cpu_ns)), more: false },
  step: { value: (runs("table") | steps($row.of) | { median: (map(.cost) | max), steps: . }), more: false },
  elsewhere: { value: { median: null }, more: false }
}[$row.kind];

. as $parts | [$bar[0][] | . as $row | ($parts | measured($row)) as $m |
  . + { measured: $m.value, verdict: verdict($m.value.median; .; $m.more) }]
