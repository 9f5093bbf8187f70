# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The document of a part as Markdown

include "markdown_words";

def machine: .machine | "\(.cpu), \(.cpus) CPUs\(if .hypervisor then ", under \(.hypervisor)" else "" end), \(.kernel), \(.os), \(.date), source \(.source)";

# For a row: where its packets were lost
def losses: .expected as $all | .lost | to_entries | map(select(.value != 0)) |
  if length == 0 then "nothing lost" else
    map("\(.key) \(if .value / $all < 0.0005 then .value else (.value / $all | percent(1)) end)") | join(", ") end;

def titles: [.rows[] | { (.subject): .title }] | add // {};

def trust:
  (if .runs_unexplained > 0 then
    "**These figures do not count: \(.runs_unexplained) runs have unexplained packets.**" else empty end),
  (.noise | if (.pairs | length) == 0 then
    "Noise: not measured, because no subject ran twice in a round."
  else
    "Noise, as the ratio of two runs of the same subject in one round: " + ([.pairs[] |
      "\(.subject) \(.ratio.median | fixed(3)) (\(.ratio.min | fixed(2))–\(.ratio.max | fixed(2)), standard error \(.error | percent(1)))"] | join("; ")) + "."
  end),
  (if .settings.part != "table" or .runs_unexplained > 0 then empty
  elif .noise.worst == null then "**These figures do not count: their noise is not known. It needs 3 rounds with a subject that runs twice.**"
  elif .noise.worst > .noise.limit then
    "**These figures do not count: their noise, \(.noise.worst | percent(1)), is above \(.noise.limit | percent(0)).**"
  else empty end);

def head:
  "\(machine).",
  (if .settings.part | IN("table", "rate", "size") | not then empty else
  "\(if .settings.part == "size" then "" else "\(.settings.bytes)-byte frames, " end)\(.settings.seconds) s a run\(if .settings.is_quick then ", quick: fewer subjects, rounds and seconds" else "" end); generator on CPU \(.settings.gen_cpu), consumers and \(.settings.workers) worker\(if .settings.workers > 1 then "s" else "" end) on CPU \(.settings.cpu).",
  trust end);

def line: "| " + join(" | ") + " |";
def rule($n): "|---|" + ([range($n) | "---:|"] | join(""));

def table:
  titles as $titles | .peers as $peers | ([.rows[].subject]) as $there |
  ($peers | map(select(. as $p | $there | index($p)))) as $peers |
  (["subject", "Mpps", "min–max", "rounds"] + ($peers | map("to \($titles[.])")) + ["lost", "unexplained"] | line),
  "|---|" + ([range(3 + ($peers | length)) | "---:|"] | join("")) + "---|---:|",
  (.rows[] | . as $row | [.title, (.mpps.median | fixed(2)),
    (if .mpps.n then "\(.mpps.min | fixed(2))–\(.mpps.max | fixed(2))" else "no rate" end), "\(.mpps.n)"] +
    ($peers | map($row.ratios[.].median | times)) + [losses, "\(.unexplained)"] | line);

# A sweep: a row for each place, a column for each subject
def sweep($what; f):
  titles as $titles | ([.rows[].subject] | reduce .[] as $s ([]; if index([$s]) then . else . + [$s] end)) as $subjects |
  .rows as $rows |
  ([$what] + ($subjects | map($titles[.])) | line),
  rule($subjects | length),
  ([$rows[].at] | unique[] | . as $at |
    [($at | f)] + [$subjects[] as $s | $rows[] | select(.subject == $s and .at == $at) | .mpps.median | fixed(2)] | line);

# Medians: a column for each value; $columns: {value: [its title, a function for its text]}
def single(columns):
  .values as $values |
  (["", (.rows[0] // {} | $values[] as $v | 0 | columns[$v][0]), "rounds"] | line), rule(($values | length) + 1),
  (.rows[] | . as $row | [.title, ($values[] as $v | $row[$v].median | if . == null then "–" else columns[$v][1] end), "\(.runs)"] | line),
  (if .missing != 0 then "", "**These figures do not count: \(.missing) packets are missing.**" else empty end),
  (.without[]? | "", "Not measured: \(.).");

def microseconds: . / 1000 | fixed(1);
def mebibytes: . / 1048576 | fixed(1);

(.settings.part as $part |
  if $part == "table" then "## Delivered rate, with frames sent as fast as possible", "", head, "", table
  elif $part == "rate" then "## Delivered Mpps at each offered rate", "", head, "",
    sweep("offered, Mpps"; . / 1e6 | fixed(2))
  elif $part == "size" then "## Delivered Mpps at each size of frames", "", head, "",
    sweep("bytes"; tostring)
  elif $part == "delay" then "## Delay of a packet on an idle wire", "", head, "", single({
    p50_ns: ["p50, µs", microseconds], p90_ns: ["p90, µs", microseconds],
    p99_quiet_ns: ["p99, quiet, µs", microseconds], p99_ns: ["p99, µs", microseconds], max_ns: ["max, µs", microseconds] })
  elif $part == "read" then "## Cost of reading a packet that waits, or arrives", "", head, "", single({
    cpu_ns: ["cpu, ns", fixed(1)], wall_ns: ["wall, ns", fixed(1)] })
  elif $part == "stopped" then "## One of four consumers is stopped", "", head, "", single({
    mpps: ["the other three, Mpps", fixed(2)], lost: ["lost by these", fixed(0)] })
  elif $part == "shunt" then "## Flows that are cut off: 5 of 1,000 carry 90 % of the bytes", "", head, "", single({
    cpu_ns: ["sensors, CPU ns a packet sent", fixed(1)], engine_ns: ["pfqd, CPU ns a packet sent", fixed(1)],
    mpps: ["as fast as sent: delivered or cut, Mpps", fixed(2)], lost_share: ["lost then", percent(1)] })
  elif $part == "costly" then "## Beside a group with the most expensive program", "", head, "", single({
    mpps: ["four consumers by flow, Mpps", fixed(2)], lost_share: ["lost", percent(1)],
    engine_ns: ["pfqd, CPU ns a packet", fixed(1)] })
  elif $part == "idle" then "## CPU time while idle, and memory after a burst", "", head, "", single({
    engine: ["engine, of a CPU", percent(3)], consumers: ["consumers, of a CPU", percent(3)],
    share: ["both together", percent(3)], rings_bytes: ["rings, MiB", mebibytes],
    ingest_bytes: ["ingest\u0027s ring, MiB", mebibytes], rest_bytes: ["everything else, MiB", mebibytes] })
  else "## The datapath alone", "", head, "", single({
    ns: ["ns a packet", fixed(1)], instructions: ["instructions a packet", fixed(1)] }) end), ""
