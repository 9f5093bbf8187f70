# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The measurements of kmod/bench.sh, one object a row and round, to medians and ratios.
def median: sort | if length == 0 then 0 else .[length / 2 | floor] end;
def rate(f): map(f / .seconds) | median;
[group_by(.row)[] | {
	row: .[0].row, order: .[0].order, rounds: length,
	offered: rate(.sent) | round,
	delivered: rate(.delivered) | round,
	dropped: rate(.dropped) | round,
	unexplained: map(.unexplained) | max,
	spread_percent: (map(.delivered / .seconds) | if max == 0 then 0 else (max - min) / median * 100 end)
}] | sort_by(.order) as $rows |
def of($name): $rows[] | select(.row == $name) | .delivered;
def ratio($a; $b): if of($b) == 0 then null else (of($a) / of($b) * 100 | round) / 100 end;
{ machine: (input_filename // "" | ""), rows: $rows, bar: [
	{ what: "by flow to 4, against plain libpcap x4", ratio: ratio("pfq flow x4"; "libpcap x4"), bar: 3.5 },
	{ what: "by flow to 4, against PACKET_FANOUT x4", ratio: ratio("pfq flow x4"; "fanout x4"), bar: 2.5 } ] }
