# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The judged bar (bar.jq) as Markdown
include "markdown_words";

def mebibytes: "\(. / 1048576 | fixed(1)) MiB";
# A value of this row as text
def written($row): if . == null then "–"
  elif $row.kind == "step" then percent(1)
  elif $row.to == "share" then percent(3)
  elif $row.to == "rest_bytes" then mebibytes
  elif $row.to == "ns" then "\(fixed(1)) ns"
  elif $row.to == "instructions" then fixed(1)
  else "\(fixed(3)) ×" end;
# Without its unit, for a range
def bare($row): written($row) | sub(" [^0-9]*$"; "");
# The limits as the table "bar" gives them, not with three digits
def bar_written($row): if . == null then "–" else
  (if $row.more then "≥ " else "≤ " end) +
  if $row.kind == "step" or $row.to == "share" then "\(. * 1000 | round / 10) %"
  elif $row.to == "rest_bytes" then mebibytes
  elif $row.to == "ns" then "\(.) ns"
  elif $row.to == "instructions" then "\(.)"
  else "\(.) ×" end end;

# The range of the rounds, and further values of the row
def details: . as $row | .measured |
  if .median == null then "–"
  elif $row.kind == "step" then .steps | map("\(.few)→\(.many): \(.cost | percent(1))") | join(", ")
  else "\(.min | bare($row))–\(.max | bare($row))" +
    if $row.kind == "delay" then "; p50 \(.p50 | written($row)), p90 \(.p90 | written($row))"
    elif $row.kind == "stopped" then "; lost by these: \(.lost), by the stopped one: \(.lost_by_fourth)"
    elif $row.kind == "shunt" then "; of pfqd: \(.engine | written($row))"
    else "" end
  end;

def noise_said: if .measured.median == null or .is_noisy == false then "–"
  elif .noise == null then "not known" else .noise | percent(1) end;
def said: if .verdict == "not met" or .verdict == "not beyond" then "**\(.verdict)**"
  elif .verdict == "too noisy" then "**too noisy to judge**: above \(.noise_limit | percent(0))"
  else .verdict end;

"## The bar", "",
"| claim | measured | from–to | noise | bar | beyond | |", "|---|---:|---|---:|---:|---:|---|",
(.[] | . as $row |
  [.title, (.measured.median | written($row)), details, noise_said, (.bar | bar_written($row)),
   (.beyond | bar_written($row)), said] | "| " + join(" | ") + " |"), ""
