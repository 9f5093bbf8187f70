# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # for who reads it in
# Conditions that a snapshot of the counters (pfqctl stats --json) meets while no packet
# moves

# shellcheck disable=SC2016 # jq's variables, not the shell's
# Print a line for each sum that does not hold.
SUMS='
(.groups[] | select(.unexplained != 0) |
 "group \(.name): \(.unexplained) packets are unexplained: \(.counters)"),
(.endpoints[] | select(.unexplained != 0) |
 "endpoint \(.id): \(.unexplained) packets are unexplained: \(.)")'

# shellcheck disable=SC2016
# Print a line for each group whose copies were not all offered, if no member has left.
COPIES='
.endpoints as $e | .groups[] | . as $g |
([$e[] | select(.group == $g.name) | .counters.offered] | add // 0) as $offered |
select($offered != .counters.copies) |
"group \(.name): \(.counters.copies) copies, \($offered) offered"'
