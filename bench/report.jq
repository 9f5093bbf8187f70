# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A part's document, out of its runs.
#
# In: the runs (records of run.jq); $machine, $settings, $subjects, $bar.
# A part varies nothing (table), or the offered rate, or the frame's size: then "at" of a
# run says where, and each place has a summary of its own.

def median: sort | length as $n |
  if $n == 0 then null
  elif $n % 2 == 1 then .[($n - 1) / 2]
  else (.[$n / 2 - 1] + .[$n / 2]) / 2 end;
def spread: { n: length, median: median, min: min, max: max };
def distance: if . < 0 then -. else . end;

# of runs: {round: rate} of a subject; a run without a rate is not in it
def rates($name; $again): map(select(.subject == $name and .again == $again and .mpps != null)) |
  map({ (.round | tostring): .mpps }) | add // {};

# of two such: the ratios of the rounds that both have
def ratios($a; $b): [$a | keys[] | select($b[.] != null and $b[.] > 0) | $a[.] / $b[.]];

def ratio($of; $to): ratios(rates($of; false); rates($to; false)) | spread;

# of numbers: how far their median may be from that of very many such (with 95 %), as the
# notches of a box plot have it
def notch: sort | length as $n |
  if $n < 3 then null else 1.58 * (.[($n * 3 / 4 | floor)] - .[($n / 4 | floor)]) / ($n | sqrt) end;

# A run against another one of the same subject in the same round, as subjects are compared
# with each other: what comes out ought to be 1. The noise is by how much it is not, or what
# it may be off by chance, whichever is more.
def noise: . as $runs | [.[] | select(.again).subject] | unique | map(. as $name |
  ($runs | ratios(rates($name; false); rates($name; true))) as $r |
  { subject: $name, ratio: ($r | spread), chance: ($r | notch),
    noise: (if ($r | length) < 3 then null
            else [($r | median - 1 | distance), ($r | notch)] | max end) });

# What a further consumer costs, from each step to the next one; the worst of them
def steps($prefix): . as $runs | [1, 2, 4, 8] |
  [range(0; length - 1) as $i | { few: .[$i], many: .[$i + 1] }] |
  map(. as $step |
    ($runs | ratio("\($prefix)\($step.many)"; "\($prefix)\($step.few)")) as $r |
    select($r.median != null) |
    $step + { cost: ((1 - $r.median) / ($step.many - $step.few)) }) ;

def verdict($value; $bar; $beyond; $at_least):
  if $value == null then "not measured"
  elif (if $at_least then $value >= $beyond else $value <= $beyond end) then "beyond"
  elif (if $at_least then $value >= $bar else $value <= $bar end) then "met"
  else "not met" end;

def judged($runs): . as $row |
  if .kind == "ratio" then
    ($runs | ratio($row.of; $row.to)) as $r |
    . + { measured: $r, verdict: verdict($r.median; .bar; .beyond; true) }
  else
    ($runs | steps($row.of)) as $steps |
    ($steps | map(.cost) | max) as $worst |
    . + { measured: { median: $worst, steps: $steps },
          verdict: verdict($worst; .bar; .beyond; false) }
  end;

# of a subject's runs
def row: . as $runs | {
  subject: .[0].subject, at: .[0].at, runs: length,
  mpps: ([.[].mpps | select(. != null)] | spread),
  offered_mpps: ([.[].offered_mpps | select(. != null)] | spread),
  sent: (map(.sent) | add), delivered: (map(.delivered) | add),
  expected: (map(.sent * .copies) | add),
  lost: (reduce (.[].lost | to_entries[]) as $e ({}; .[$e.key] += $e.value)),
  unexplained: (map(.unexplained | distance) | add),
  runs_unexplained: (map(select(.unexplained != 0)) | length),
};

. as $runs | ($runs | noise) as $noise |
([$bar[].to | select(. != "-")] | unique) as $peers |
($noise | map(.noise) | if length == 0 or index([null]) then null else max end) as $worst |
($runs | map(select(.unexplained != 0)) | length) as $unexplained |
{
  machine: $machine, settings: $settings, peers: $peers,
  noise: { worst: $worst, limit: $settings.noise_limit, pairs: $noise },
  runs_unexplained: $unexplained,
  counts: ($unexplained == 0 and
           ($settings.part != "table" or ($worst != null and $worst <= $settings.noise_limit))),
  rows: [$subjects[] as $s | $runs | map(select(.subject == $s.name)) |
         group_by(.at)[] | .[0].at as $at | .[0].copies as $copies | row + {
           title: $s.title, kind: $s.kind, consumers: $s.consumers, copies: $copies,
           ratios: ($peers | map({ (.): (. as $p | $runs | map(select(.at == $at)) |
             ratio($s.name; $p)) }) | add) }],
  bar: [$bar[] | judged($runs)],
  runs: $runs
}
