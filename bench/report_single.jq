# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The document of the parts "delay" and "read".
#
# In: the runs, as bench-delay and bench-read have printed them, with subject and round;
# $machine, $settings; $subjects, the table "singles" as an array in an array.
include "stats";

(if $settings.part == "delay" then ["p50_ns", "p90_ns", "p99_ns", "max_ns"]
 else ["cpu_ns", "wall_ns"] end) as $values |
. as $runs |
# frames that never came, or packets that were not there to be read
($runs | map(if .type == "delay" then .lost + .twice
             else (.expected // .waiting) - .packets | distance end) | add // 0) as $missing |
{
  machine: $machine, settings: $settings, values: $values, missing: $missing,
  counts: ($missing == 0),
  rows: [$subjects[0][] as $s | ($runs | map(select(.subject == $s.name))) as $mine |
         select($mine | length > 0) | { subject: $s.name, title: $s.title, runs: ($mine | length) } +
         ($values | map({ (.): (. as $v | $mine | map(.[$v]) | spread) }) | add)],
  runs: $runs
}
