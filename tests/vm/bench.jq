# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The measurements of kmod/bench.sh, one object a row and round, to medians and ratios:
# { row: [...], delay: [...] }; $machine says where and of what.
def median: sort | if length == 0 then 0 else .[length / 2 | floor] end;
def rate(f): map(f / .seconds) | median;
. as $all |
def late($name): $all.delay | map(select(.row == $name)) |
	{ row: $name, p50_ns: (map(.p50_ns) | median), p99_ns: (map(.p99_ns) | median),
	  p99_quiet_ns: (map(.p99_quiet_ns) | median), lost: (map(.lost) | add) };
late("libpcap") as $peer | late("pfq") as $ours |
[$all.row | group_by(.row)[] | {
	row: .[0].row, order: .[0].order, rounds: length,
	offered: rate(.sent) | round,
	delivered: rate(.delivered) | round,
	dropped: rate(.dropped) | round,
	unexplained: map(.unexplained) | max,
	spread_percent: (map(.delivered / .seconds) | if max == 0 then 0 else (max - min) / median * 100 end)
}] | sort_by(.order) as $rows |
def of($name): $rows[] | select(.row == $name) | .delivered;
def ratio($a; $b): if of($b) == 0 then null else (of($a) / of($b) * 100 | round) / 100 end;
def ns($name): $rows[] | select(.row == $name) | 1e9 / .offered;
def above($name): (ns($name) - ns("nobody")) | round;
{ machine: $machine, rows: $rows, delays: [$peer, $ours],
  noise_percent: ([ratio("fanout x4 again"; "fanout x4") - 1 | fabs] | .[0] * 1000 | round / 10),
  bar: [
	{ what: "by flow to 4, against plain libpcap x4", ratio: ratio("pfq flow x4"; "libpcap x4"), bar: 3.5 },
	{ what: "by flow to 4, against PACKET_FANOUT x4", ratio: ratio("pfq flow x4"; "fanout x4"), bar: 2.5 },
	{ what: "delay of one packet, immediate mode, p99, against libpcap",
	  ratio: ($ours.p99_ns / $peer.p99_ns * 100 | round / 100), bar: 1.5 } ],
  bound: [
	{ what: "nobody, against PACKET_FANOUT x4: more no capture can get", ratio:
		((ns("fanout x4") / ns("nobody")) * 100 | round / 100) },
	(("libpcap x4", "fanout x4", "pfq flow x4", "pfq tap, flow x4", "pfq copy x4") as $name |
		{ what: "ns a packet above nobody: \($name)", ratio: above($name) }) ] }
