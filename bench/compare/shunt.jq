# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The record of a run of the part "shunt"
#
# In: $gen, the output of pfq-gen; $heard, the results of the sensors; $stats, the output of pfqctl;
# $engine, the CPU time of pfqd in ns; $pace, "paced" or "full"; $subject and $round.
#
# Packets that the program has cut off are not lost: the group counts them as drop_program, and the
# program counts them by itself.

def drops: .counters | with_entries(select(.key | startswith("drop_"))) | add;

$stats[0] as $s |
($s.groups | map(.counters.drop_program) | add) as $cut |
([$s.groups[].counts[]? | select(.name == "elephants").packets] | add // $cut) as $counted |
($s.status.sources + $s.groups + $s.endpoints | map(drops) | add) as $drops |
($gen[0].dropped + $drops - $cut) as $lost |
($heard | map(.packets) | add) as $delivered |
([$gen[0].seconds, $heard[].span] | max) as $seconds |
($gen[0].sent - $delivered - $lost - $cut) as $unexplained |
{
  part: "shunt", subject: $subject, round: $round, again: false, pace: $pace,
  sent: $gen[0].sent, delivered: $delivered, cut: $cut, lost: $lost,
  searched: ($heard | map(.searched) | add), discarded: ($heard | map(.discarded) | add),
  unexplained: $unexplained, miscounted: ($counted - $cut), seconds: $seconds
} +
if $pace == "full" then
  { mpps: (if $unexplained == 0 then ($delivered + $cut) / $seconds / 1e6 else null end),
    lost_share: ($lost / $gen[0].sent) }
# Packets that were lost would have cost CPU time.
elif $lost > 0 then
  { without: "\($subject) lost packets at the paced rate" }
else
  { cpu_ns: (($heard | map(.cpu_ns) | add) / $gen[0].sent), engine_ns: ($engine / $gen[0].sent) }
end
