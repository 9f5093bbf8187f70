# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The record of a run of the part "costly": where the packets of group "bench" went
#
# In: $gen, the output of pfq-gen; $heard, the output of the four consumers; $stats, the output of
# pfqctl; $engine, the CPU time of pfqd in ns; $subject and $round.

def drops: .counters | with_entries(select(.key | startswith("drop_"))) | add;

$stats[0] as $s |
([$s.groups[] | select(.name == "bench") | drops] | add) as $group |
([$s.endpoints[] | select(.group == "bench") | drops] | add) as $full |
([$s.status.sources[] | drops] | add) as $before |
([$s.endpoints[] | select(.group == "beside").read] | add // null) as $beside |
($heard | map(.all.packets) | add) as $delivered |
([$gen[0].seconds, $heard[].all.span] | max) as $seconds |
($gen[0].dropped + $before + $group + $full) as $lost |
{
  part: "costly", subject: $subject, round: $round, again: false, sent: $gen[0].sent,
  delivered: $delivered, lost: $lost, lost_share: ($lost / $gen[0].sent), beside: $beside,
  unexplained: ($gen[0].sent - $delivered - $lost), seconds: $seconds,
  mpps: ($delivered / $seconds / 1e6),
  # of the packets that came to it
  engine_ns: ($engine / ([$gen[0].sent - $gen[0].dropped - $before, 1] | max))
}
