# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The document of a part that sends as fast as possible, or at rates, from its runs
#
# In: the runs (records of run.jq); $machine, $settings; $subjects and $bar, the tables of these
# names as arrays in an array. A part varies nothing, the offered rate, or the size of frames.
# If it varies something, "at" of a run has the value, and each value has its own row.
include "stats";

# A row, from the runs of a subject
def row: {
  subject: .[0].subject, at: .[0].at, runs: length,
  mpps: ([.[].mpps | select(. != null)] | spread),
  offered_mpps: ([.[].offered_mpps | select(. != null)] | spread),
  sent: (map(.sent) | add), delivered: (map(.delivered) | add),
  expected: (map(.sent * .copies) | add),
  lost: (reduce (.[].lost | to_entries[]) as $e ({}; .[$e.key] += $e.value)),
  unexplained: (map(.unexplained | distance) | add),
  runs_unexplained: (map(select(.unexplained != 0)) | length),
};

([$bar[0][] | select(.kind == "ratio").to] | unique) as $peers |
. as $runs | ($runs | noise) as $noise |
($noise | map(.noise) | if length == 0 or index([null]) then null else max end) as $worst |
($runs | map(select(.unexplained != 0)) | length) as $unexplained |
{
  machine: $machine, settings: $settings, peers: $peers,
  noise: { worst: $worst, limit: $settings.noise_limit, pairs: $noise },
  runs_unexplained: $unexplained,
  counts: ($unexplained == 0 and
           ($settings.part != "table" or ($worst != null and $worst <= $settings.noise_limit))),
  rows: [$subjects[0][] as $s | $runs | map(select(.subject == $s.name)) |
         group_by(.at)[] | .[0].at as $at | row + {
           title: $s.title, kind: $s.kind, consumers: $s.consumers, copies: .[0].copies,
           ratios: ($peers | map({ (.): (. as $p | $runs | map(select(.at == $at)) |
             ratio($s.name; $p; .mpps)) }) | add) }],
  runs: $runs
}
