# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The bar, judged by the documents of a run.
#
# In: {part: its document}; $bar, the table "bar" as an array in an array.
#
# Out: its rows, each with what was measured ({median, min, max, n}, and of what it is made),
# the noise and its limit (null: no matter of noise, or nobody knows), and a verdict.
include "stats";

def runs($part): .[$part].runs // [];
def limit($part): .[$part].settings.noise_limit;

def verdict($row):
  (if $row.more then . >= $row.bar else . <= $row.bar end) as $met |
  (if $row.more then . >= $row.beyond else . <= $row.beyond end) as $beyond |
  if $row.beyond != null and $beyond then "beyond"
  elif $row.bar == null then "not beyond"
  elif $met then "met"
  else "not met" end;

# .measured, .noise, .noise_limit: is it a figure?
def judged:
  if .measured.median == null then "not measured" + (if .without then ": \(.without)" else "" end)
  # that is no matter of speed
  elif (.measured.lost // 0) > 0 then "not met"
  elif .is_noisy == false then . as $row | .measured.median | verdict($row)
  elif .noise == null then "noise not known"
  elif .noise > .noise_limit then "too noisy"
  else . as $row | .measured.median | verdict($row) end;

# A ratio's noise: its standard error, or what two runs of the same differ by, whichever is more
def noise($part; $error): .[$part].noise as $same |
  if $error == null or ($same != null and $same.worst == null) then null
  else [$error, $same.worst // 0] | max end;

def of_ratio($part; $row; f): (runs($part) | ratio($row.of; $row.to; f)) as $r |
  { measured: $r, noise: noise($part; $r.error), noise_limit: limit($part) };

# What a further consumer costs, from each step to the next one, by how many they became more
def of_steps($row): runs("table") as $runs | [1, 2, 4, 8] |
  [range(0; length - 1) as $i | { few: .[$i], many: .[$i + 1] }] |
  map(. as $step |
    ($runs | ratio("\($row.of)\($step.many)"; "\($row.of)\($step.few)"; .mpps)) as $r |
    select($r.median != null) |
    $step + { cost: ((1 - $r.median) / ($step.many - $step.few)), error: $r.error });
def worst_step($row): of_steps($row) as $steps | ($steps | max_by(.cost)) as $worst |
  { measured: { median: $worst.cost, steps: $steps }, noise: noise("table"; $worst.error),
    noise_limit: limit("table") };

# Of a subject's values the middle one; no ratio of two speeds, and nothing of which 5 % matter
def of_values($part; $row):
  { measured: (runs($part) | map(select(.subject == $row.of)[$row.to]) | spread), is_noisy: false };

# kind of row: what was measured, and whether more of it is better
def measured($row):
  if $row.kind == "ratio" then of_ratio("table"; $row; .mpps) + { more: true }
  elif $row.kind == "step" then worst_step($row)
  elif $row.kind == "read" then of_ratio("read"; $row; .cpu_ns)
  elif $row.kind == "delay" then
    runs("delay") as $runs | of_ratio("delay"; $row; .p99_quiet_ns) |
    .measured += { p50: ($runs | ratio($row.of; $row.to; .p50_ns).median),
                   p90: ($runs | ratio($row.of; $row.to; .p90_ns).median) }
  elif $row.kind == "stopped" then
    runs("stopped") as $runs | of_ratio("stopped"; $row; .mpps) + { more: true } |
    .measured += { lost: ($runs | map(select(.subject == $row.of).lost) | add // 0),
                   lost_by_fourth: ($runs | map(select(.subject == $row.of).lost_by_fourth) | add // 0) }
  elif $row.kind == "idle" then of_values("idle"; $row)
  else # core: the same all the time, but for what else the machine does
    (runs("core") | map(select(.subject == $row.of)[$row.to] | select(. != null))) as $all |
    { measured: ($all | spread), without: (.core.without[0]?), noise_limit: limit("core"),
      is_noisy: ($row.to == "ns"),
      noise: ($all | standard_error as $e | median | if $e and . then $e / . else null end) }
  end;

. as $parts | [$bar[0][] | . as $row | $row + { more: false } + ($parts | measured($row)) |
  . + { verdict: judged }]
