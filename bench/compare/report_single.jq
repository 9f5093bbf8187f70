# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The document of a part whose subjects are in the table "singles"
#
# In: the part's runs, with subject and round; $machine, $settings; $subjects, the table as an
# array in an array.
include "stats";

# The number of frames or packets that no counter explains
def missing: {
  delay: ((.lost // 0) + (.twice // 0)), read: ((.expected // .waiting // 0) - (.packets // 0) | distance),
  stopped: (.unexplained // 0 | distance),
  costly: (.unexplained // 0 | distance),
  shunt: ((.unexplained // 0 | distance) + (.miscounted // 0 | distance))
}[.part] // 0;

{
  delay: ["p50_ns", "p90_ns", "p99_quiet_ns", "p99_ns", "max_ns"], read: ["cpu_ns", "wall_ns"],
  stopped: ["mpps", "lost"], core: ["ns", "instructions"],
  costly: ["mpps", "lost_share", "engine_ns"],
  shunt: ["cpu_ns", "engine_ns", "mpps", "lost_share"],
  idle: ["engine", "consumers", "share", "rings_bytes", "ingest_bytes", "rest_bytes"]
}[$settings.part] as $values |
. as $runs | ($runs | map(missing) | add // 0) as $missing |
{
  machine: $machine, settings: $settings, values: $values, missing: $missing,
  counts: ($missing == 0),
  # The reasons why values are missing
  without: ([$runs[].without // empty] | unique),
  rows: [$subjects[0][] as $s | ($runs | map(select(.subject == $s.name))) as $mine |
         select($mine | length > 0) | { subject: $s.name, title: $s.title, runs: ($mine | map(.round) | unique | length) } +
         ($values | map({ (.): (. as $v | $mine | map(.[$v]) | spread) }) | add)],
  runs: $runs
}
