# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The record of one run: packets sent, where they went, and how fast.
#
# In: $gen, the output of pfq-gen; $heard, the output of the consumers ([] for none); $stats, the
# output of pfqctl ([] if it is not pfq); $subject, a row of the table; $about: the part, the
# round, and the value that the part varies.
#
# A packet is explained if it was delivered or a counter of drops has it. If every consumer gets a
# copy, copies are counted: a packet lost before it was copied counts once for each consumer.

def total(f): map(f) | add // 0;

# the drops among counters, by cause: { filter: 3, vlan: 0 }
def causes: with_entries(select(.key | startswith("drop_")) | .key |= ltrimstr("drop_"));

# [{ filter: 3 }, { filter: 4, vlan: 1 }] -> { filter: 7, vlan: 1 }
def causes_added: reduce (.[] | causes | to_entries[]) as $c ({}; .[$c.key] += $c.value);

($subject.consumers) as $n |
(if $subject.steer == "copy" then $n else 1 end) as $copies |
($heard[0].all // {}) as $h |
($stats[0] // {}) as $s |
[$s.status.sources[]?.counters] as $ingests |
[$s.groups[]?.counters] as $groups |
[$s.endpoints[]?.counters] as $endpoints |
(if $subject.kind == "none" or $subject.kind == "sink" then $gen[0].received
 else $h.packets // 0 end) as $delivered |
# The causes of loss, of packets and of copies
({ wire: $gen[0].dropped } +
 if $subject.kind == "pfq" then
   $ingests + $groups | causes_added
 else {} end) as $packets_lost |
(if $subject.kind == "pfq" then
   $endpoints | causes_added
 elif $h == {} then {}
 else { buffer_full: ($h.drop // 0), unread: ($h.unread // 0) } end) as $copies_lost |
($copies * ($packets_lost | total(.)) + ($copies_lost | total(.))) as $lost |
([$gen[0].seconds, $h.span // 0] | max) as $seconds |
($gen[0].sent * $copies - $delivered - $lost) as $unexplained |

$about + {
  subject: $subject.name, copies: $copies,
  sent: $gen[0].sent, carried: $gen[0].carried, delivered: $delivered,
  lost: (($packets_lost | map_values(. * $copies)) + $copies_lost), unexplained: $unexplained,
  sending_seconds: $gen[0].seconds, reading_seconds: ($h.span // null), seconds: $seconds,
  offered_mpps: (if $gen[0].seconds > 0 then $gen[0].sent / $gen[0].seconds / 1e6 else null end),
  mpps: (if $unexplained == 0 and $seconds > 0 and $gen[0].sent > 0
         then $delivered / $copies / $seconds / 1e6 else null end)
}
