# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# What kmod/README.md shows of a run of bench.sh.
def mpps: . / 10000 | round | "\(. / 100 | floor).\(. % 100 + 100 | tostring | .[1:])";
def ns: if . == 0 then "" else 1e9 / . | round | tostring end;
(.rows | map({ (.row): . }) | add) as $of |
"Measured with `make bench-kmod` in User-mode Linux, a kernel that is a program, at this machine\u0027s own speed, on one CPU that the generator (pktgen, 60-byte frames over a veth pair), the host, the engine and the consumers share: \(.machine.cpu), \(.machine.kernel), \(.machine.date), source `\(.machine.source)`.",
"Medians of \($of["nobody"].rounds) interleaved rounds of \(.machine.seconds) s a row (`PFQ_ROUNDS`, `PFQ_SECONDS`); what is compared is so within each round. PACKET_FANOUT ×4 against itself: \(.noise_percent) %, \(.noise_error_percent) more or less\(if .noise_percent > 5 then ", too much for the run to count" else "" end).",
"",
"| | delivered, Mpps | ns a packet, all in all | ns above nobody | lost | unexplained |",
"|---|---:|---:|---:|---:|---:|",
(.rows[] | "| \(.row) | \(if .delivered > 0 then .delivered | mpps else "sent: " + (.offered | mpps) end) | \(.offered | ns) | \(.above_ns) | \(.dropped) | \(.unexplained) |"),
"",
"| | | bar |",
"|---|---:|---:|",
(.bar[] | "| \(.what) | \(.ratio)\(if .error then " ± \(.error)" else "" end) | \(.bar) |"),
"",
"Nobody, against PACKET_FANOUT ×4: \(.bound[0].ratio); against libpcap ×4: \(.bound[1].ratio). What a capture that costs nothing at all would get there is no more than that: the rest is the generator\u0027s and the host\u0027s. By flow to 4 a packet takes \($of["pfq flow x4"].above_ns) ns more than with nobody: \($of["pfq, no consumer"].above_ns) of them in the module when nobody has joined, the others for records, waking and reading."
