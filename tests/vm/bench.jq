# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The measurements of kmod/bench.sh, one object a row and round, to medians and ratios:
# { row: [...], delay: [...] }; $machine says where and of what. What is compared is compared
# within each round, and the median of that taken: a machine that is slow for a while is slow
# for both.
def median: sort | if length == 0 then 0 else .[length / 2 | floor] end;
def rate(f): map(f / .seconds) | median;
def percent: . * 1000 | round / 10;
. as $all |
def late($name): $all.delay | map(select(.row == $name)) |
	{ row: $name, p50_ns: (map(.p50_ns) | median), p99_ns: (map(.p99_ns) | median),
	  p99_quiet_ns: (map(.p99_quiet_ns) | median), lost: (map(.lost) | add) };
late("libpcap") as $peer | late("pfq") as $ours |
# of each row, round by round
def of($name; f): [$all.row[] | select(.row == $name) | f / .seconds];
def pairs($a; $b; f): [of($a; f), of($b; f)] | transpose;
def ratios($a; $b): pairs($a; $b; .delivered) | map(.[0] / .[1]);
# the standard error of a median; the deviation is taken from the middle half of the rounds
def error: sort | (.[length * 3 / 4 | floor] - .[length / 4 | floor]) / 1.35 * 1.25 / (length | sqrt);
def bar($what; $a; $b; $bar): ratios($a; $b) |
	{ what: $what, ratio: (median * 100 | round / 100), error: (error * 100 | round / 100), bar: $bar };
def above($name): pairs($name; "nobody"; .sent) | map(1e9 / .[0] - 1e9 / .[1]) | median | round;
([$all.row | group_by(.row)[] | {
	row: .[0].row, order: .[0].order, rounds: length,
	offered: rate(.sent) | round,
	delivered: rate(.delivered) | round,
	dropped: rate(.dropped) | round,
	unexplained: map(.unexplained) | max,
	spread_percent: (map(.delivered / .seconds) | if max == 0 then 0 else (max - min) / median * 100 end)
}] | sort_by(.order) | map(.above_ns = above(.row))) as $rows |
(ratios("fanout x4 again"; "fanout x4")) as $noise |
{ machine: $machine, rows: $rows, delays: [$peer, $ours],
  noise_percent: ($noise | median - 1 | fabs | percent), noise_error_percent: ($noise | error | percent),
  bar: [
	bar("by flow to 4, against plain libpcap x4"; "pfq flow x4"; "libpcap x4"; 3.5),
	bar("by flow to 4, against PACKET_FANOUT x4"; "pfq flow x4"; "fanout x4"; 2.5),
	{ what: "delay of one packet, immediate mode, p99, against libpcap",
	  ratio: ($ours.p99_ns / $peer.p99_ns * 100 | round / 100), bar: 1.5 } ],
  bound: [
	{ what: "nobody, against PACKET_FANOUT x4: more no capture can get", ratio:
		(pairs("nobody"; "fanout x4"; .sent) | map(.[0] / .[1]) | median * 100 | round / 100) },
	{ what: "nobody, against libpcap x4: more no capture can get", ratio:
		(pairs("nobody"; "libpcap x4"; .sent) | map(.[0] / .[1]) | median * 100 | round / 100) },
	(("libpcap x4", "fanout x4", "pfq flow x4", "pfq tap, flow x4", "pfq copy x4") as $name |
		{ what: "ns a packet above nobody: \($name)", ratio: above($name) }) ] }
