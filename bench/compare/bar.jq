# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The bar, judged by the documents of a run.
#
# In: {part: its document}; $bar, the table "bar" as an array in an array.
#
# Out: its rows. Each has the measured values ({median, min, max, n} and their parts), the noise
# and its limit (null: noise does not matter, or is not known), and a verdict.
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

# Judge .measured, .noise and .noise_limit: do they give a figure?
def judged:
  if .measured.median == null then "not measured" + (if .without then ": \(.without)" else "" end)
  # Lost packets are an error, whatever the speed.
  elif (.measured.lost // 0) > 0 then "not met"
  elif .is_noisy == false then . as $row | .measured.median | verdict($row)
  elif .noise == null then "noise not known"
  elif .noise > .noise_limit then "too noisy"
  else . as $row | .measured.median | verdict($row) end;

# The noise of a ratio: its standard error, or the difference of two runs of the same
# subject, whichever is larger
def noise($part; $error): .[$part].noise as $same |
  if $error == null or ($same != null and $same.worst == null) then null
  else [$error, $same.worst // 0] | max end;

def of_ratio($part; $row; f): (runs($part) | ratio($row.of; $row.to; f)) as $r |
  { measured: $r, noise: noise($part; $r.error), noise_limit: limit($part) };

# The cost of a further consumer between each two steps: the loss of rate by the number of
# added consumers
def of_steps($row): runs("table") as $runs | [1, 2, 4, 8] |
  [range(0; length - 1) as $i | { few: .[$i], many: .[$i + 1] }] |
  map(. as $step |
    ($runs | ratio("\($row.of)\($step.many)"; "\($row.of)\($step.few)"; .mpps)) as $r |
    select($r.median != null) |
    $step + { cost: ((1 - $r.median) / ($step.many - $step.few)), error: $r.error });
def worst_step($row): of_steps($row) as $steps | ($steps | max_by(.cost)) as $worst |
  { measured: { median: $worst.cost, steps: $steps }, noise: noise("table"; $worst.error),
    noise_limit: limit("table") };

# The median of a subject's values. They are no ratio of speeds, so the noise limit does not
# apply.
def of_values($part; $row):
  { measured: (runs($part) | map(select(.subject == $row.of)[$row.to]) | spread), is_noisy: false };

# For each kind of row: the measured value, and whether more of it is better
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
  elif $row.kind == "shunt" then
    runs("shunt") as $runs | of_ratio("shunt"; $row; .cpu_ns) |
    .measured += { engine: ($runs | ratio($row.of; $row.to; .engine_ns).median) }
  elif $row.kind == "idle" then of_values("idle"; $row)
  else # core: only other load of the machine changes it
    (runs("core") | map(select(.subject == $row.of)[$row.to] | select(. != null))) as $all |
    { measured: ($all | spread), without: (.core.without[0]?), noise_limit: limit("core"),
      is_noisy: ($row.to == "ns"),
      noise: ($all | standard_error as $e | median | if $e and . then $e / . else null end) }
  end;

. as $parts | [$bar[0][] | . as $row | $row + { more: false } + ($parts | measured($row)) |
  . + { verdict: judged }]
