# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The figures of a run of bench.sh, for kmod/README.md
def mpps: . / 10000 | round | "\(. / 100 | floor).\(. % 100 + 100 | tostring | .[1:])";
def ns: if . == 0 then "" else 1e9 / . | round | tostring end;
(.rows | map({ (.row): . }) | add) as $of |
"Measured with `make bench-kmod` on \(.machine.cpu), \(.machine.kernel), \(.machine.date), source `\(.machine.source)`. The kernel is User-mode Linux, a kernel that runs as a program, at this machine\u0027s own speed. The generator (pktgen, 60-byte frames over a veth pair), the host, the engine and the consumers share one CPU.",
"The figures are medians of \($of["nobody"].rounds) interleaved rounds, \(.machine.seconds) s for each row (`PFQ_ROUNDS`, `PFQ_SECONDS`). Ratios compare rows of the same round. The noise: two measurements of PACKET_FANOUT ×4 differ by \(.noise_percent) % ± \(.noise_error_percent)\(if .noise_percent > 5 then ", too much for the run to count" else "" end).",
"",
"| | delivered, Mpps | ns for each packet | ns more than with nobody | lost | unexplained |",
"|---|---:|---:|---:|---:|---:|",
(.rows[] | "| \(.row) | \(if .delivered > 0 then .delivered | mpps else "sent: " + (.offered | mpps) end) | \(.offered | ns) | \(.above_ns) | \(.dropped) | \(.unexplained) |"),
"",
"| | | bar |",
"|---|---:|---:|",
(.bar[] | "| \(.what) | \(.ratio)\(if .error then " ± \(.error)" else "" end) | \(.bar) |"),
"",
"The ratio of nobody to PACKET_FANOUT ×4 is \(.bound[0].ratio), and to libpcap ×4 \(.bound[1].ratio). A capture without any cost could not exceed these ratios: the rest of the time is the generator\u0027s and the host\u0027s. By flow to 4 consumers a packet takes \($of["pfq flow x4"].above_ns) ns more than with nobody. The module takes \($of["pfq, no consumer"].above_ns) ns of this without a consumer; the rest is records, wake-ups and reading."
