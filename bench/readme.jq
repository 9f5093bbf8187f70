# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The part of a run that README.md shows: the table, in short. results.md has all of it.

include "markdown_words";

def losses: .expected as $all | ([.lost[]] | add) | if . == 0 then "0" else (. / $all | percent(1)) end;
def ratio_to($peer): .ratios[$peer].median | if . then times else "–" end;

"Measured with `make bench`: \(.machine | "\(.cpu), \(.cpus) CPUs\(if .hypervisor then ", under \(.hypervisor)" else "" end), \(.kernel), \(.os), \(.date | .[0:10]), source `\(.source)`").",
"The wire is a veth pair between two network namespaces. An XDP program on CPU \(.settings.gen_cpu) sends \(.settings.bytes)-byte frames as fast as possible. All consumers and pfqd's worker run on CPU \(.settings.cpu).",
"The figures are medians of \([.runs[].round] | max) interleaved rounds. The noise of the run is \(.noise.worst | percent(1)).",
"Compare the ratios: a veth pair does not have the absolute rates of a network card.",
"",
"| | delivered, Mpps | min–max | to libpcap ×4 | to PACKET_FANOUT ×4 | lost | unexplained |",
"|---|---:|---:|---:|---:|---:|---:|",
(.rows[] | "| \(.title) | \(.mpps.median | fixed(2)) | \(if .mpps.n > 0 then "\(.mpps.min | fixed(2))–\(.mpps.max | fixed(2))" else "no rate" end) | \(ratio_to("libpcap-4")) | \(ratio_to("fanout-4")) | \(losses) | \(.unexplained) |"),
""
