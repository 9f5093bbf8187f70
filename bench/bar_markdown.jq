# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The bar, judged (bar.jq), as Markdown.
include "markdown_words";

def range_of: if .median == null then "–" else "\(.min | fixed(3))–\(.max | fixed(3))" end;
def limit($at_least): if . == null then "–" else (if $at_least then "≥ " else "≤ " end) + "\(.) ×" end;
def said: if .verdict == "not met" then "**not met**"
  elif .kind == "elsewhere" and .to != "-" then "see \(.to)" else .verdict end;

"## The bar", "",
"| claim | measured | from–to | bar | beyond | |", "|---|---:|---:|---:|---:|---|",
(.[] | if .kind == "step" then
  [.title, (.measured.median | percent(1)),
   (.measured.steps | map("\(.few)→\(.many): \(.cost | percent(1))") | join(", ") | if . == "" then "–" else . end),
   "≤ \(.bar | percent(0))", "\(.beyond | percent(0))", said]
else
  (.kind == "ratio") as $more |
  [.title, (.measured.median | if . == null then "–" else "\(fixed(3)) ×" end), (.measured | range_of), (.bar | limit($more)),
   (.beyond | limit($more)), said]
end | "| " + join(" | ") + " |"), ""
