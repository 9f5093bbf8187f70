# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # for who reads it in
# What must hold of a snapshot of the counters (pfqctl stats --json) while nothing moves.

# shellcheck disable=SC2016 # jq's variables, not the shell's
# Of a snapshot of the engine's counters: what does not add up, a line each.
SUMS='
def sum(f): map(f) | add // 0;
(.groups[] | .counters as $c |
 select($c.recv != $c.drop_filter + $c.drop_vlan + $c.drop_program + $c.drop_no_member + $c.steered + $c.pending) |
 "group \(.name): recv is not drops + steered + pending: \($c)"),
(.endpoints[] | .counters as $c |
 select($c.offered != $c.drop_endpoint_filter + $c.drop_ring_full + $c.delivered) |
 "endpoint \(.id): offered is not drops + delivered: \($c)"),
(.endpoints[] | select(.counters.delivered != .read + .unread) |
 "endpoint \(.id): delivered is not read + unread: \(.)")'

# shellcheck disable=SC2016
# The copies that groups asked for, where no member has left.
COPIES='
.endpoints as $e | .groups[] | . as $g |
([$e[] | select(.group == $g.name) | .counters.offered] | add // 0) as $offered |
select($offered != .counters.copies) |
"group \(.name): \(.counters.copies) copies, \($offered) offered"'
