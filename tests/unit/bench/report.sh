#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Tests the arithmetic of the comparison with made-up runs whose results are known: the
# record of a run, medians and ratios, rules for figures that do not count, the bar, and
# wrong command lines.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bench=$(cd "$here/../../../bench/compare" && pwd)
. "$here/../../lib/say.sh"
need jq
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

# so JQ FILE: JQ must be true of FILE
so()
{
	jq -e "$1" "$2" >/dev/null || fail "not so: $1: $(jq -c "del(.runs)?" "$2")"
}

# --- one run: the path of each packet
# --------------------------------------------------------

# record SUBJECT: compute run.json from gen.json, heard.json and stats.json
record()
{
	jq -nc --slurpfile gen gen.json --slurpfile heard heard.json --slurpfile stats stats.json \
		--argjson about '{"part":"table","round":1,"again":false,"at":null}' \
		--argjson subject "$1" -f "$bench/run.jq" >run.json
}

fanout='{"name":"f","kind":"fanout","steer":"flow","consumers":4}'
copies='{"name":"c","kind":"pcap","steer":"copy","consumers":4}'
pfq='{"name":"p","kind":"pfq","steer":"copy","consumers":2}'
: >stats.json
echo '{"sent":1000000,"seconds":0.5,"carried":999000,"dropped":1000,"received":999000}' >gen.json
echo '{"all":{"packets":900000,"drop":98000,"unread":1000,"span":0.45}}' >heard.json
record "$fanout"
so '.unexplained == 0 and .seconds == 0.5 and .mpps == 1.8 and .offered_mpps == 2' run.json
# Reading took longer than sending.
echo '{"all":{"packets":900000,"drop":98000,"unread":1000,"span":0.9}}' >heard.json
record "$fanout"
so '.seconds == 0.9 and .mpps == 1' run.json
# One packet more or less than was sent: the record has no rate.
for packets in 899999 900001; do
	echo "{\"all\":{\"packets\":$packets,\"drop\":98000,\"unread\":1000,\"span\":0.4}}" \
		>heard.json
	record "$fanout"
	so ".mpps == null and .unexplained == 900000 - $packets" run.json
done
# Copies: a packet lost on the wire is lost for each member. The rate is that of one member.
echo '{"all":{"packets":2000000,"drop":1996000,"unread":0,"span":0.4}}' >heard.json
record "$copies"
so '.unexplained == 0 and .copies == 4 and .lost.wire == 4000 and .mpps == 1' run.json
# pfq: packets lost before the members, and copies lost by members
echo '{"all":{"packets":1900000,"drop":5,"unread":0,"span":0.4}}' >heard.json
cat >stats.json <<'END'
{"status":{"sources":[{"counters":{"drop_socket":7000,"drop_malformed":0}}]},
 "groups":[{"counters":{"drop_filter":0,"drop_vlan":0,"drop_program":0,"drop_no_member":2000}}],
 "endpoints":[{"counters":{"drop_endpoint_filter":0,"drop_ring_full":50000}},
              {"counters":{"drop_endpoint_filter":10000,"drop_ring_full":20000}}]}
END
record "$pfq"
so '.unexplained == 0 and .mpps == 1.9 and .lost.socket == 14000 and .lost.ring_full == 70000' \
	run.json
# No program listens: the counter of the far end counts.
: >stats.json
: >heard.json
record '{"name":"n","kind":"none","steer":"-","consumers":0}'
so '.unexplained == 0 and .delivered == 999000 and .mpps == 1.998' run.json

# --- the document of a table -----------------------------------------------------------------

# runs NAME AGAIN MPPS...: print a run for each round
runs()
{
	local name=$1 again=$2 round=1 mpps

	shift 2
	for mpps; do
		printf '{"subject":"%s","again":%s,"round":%d,"at":null,"copies":1,' \
			"$name" "$again" $round
		printf '"mpps":%s,"offered_mpps":9,"sent":100,"delivered":90,' "$mpps"
		echo '"lost":{"socket":10},"unexplained":0}'
		round=$((round + 1))
	done
}

# document <RUNS: make table.json and table.md
document()
{
	jq -L "$bench" -s --argjson machine \
		'{"cpu":"C","cpus":2,"kernel":"K","os":"O","date":"D","source":"S"}' \
		--argjson settings \
		'{"part":"table","noise_limit":0.05,"bytes":60,"seconds":1,"workers":1}' \
		--slurpfile subjects subjects.json --slurpfile bar bar.json \
		-f "$bench/report.jq" >table.json
	jq -r -L "$bench" -f "$bench/markdown.jq" table.json >table.md
}

cat >subjects.json <<'END'
[{"name":"xdp-flow-1","title":"one","kind":"pfq","consumers":1},
 {"name":"xdp-flow-2","title":"two","kind":"pfq","consumers":2},
 {"name":"peer","title":"the peer","kind":"pcap","consumers":1}]
END
cat >bar.json <<'END'
[{"kind":"ratio","of":"xdp-flow-1","to":"peer","bar":2,"beyond":4,"title":"a"},
 {"kind":"ratio","of":"xdp-flow-1","to":"peer","bar":1,"beyond":2.5,"title":"b"},
 {"kind":"ratio","of":"xdp-flow-1","to":"peer","bar":3.5,"beyond":4,"title":"c"},
 {"kind":"ratio","of":"xdp-flow-1","to":"nobody","bar":3.5,"beyond":4,"title":"d"},
 {"kind":"step","of":"xdp-flow-","to":"-","bar":0.2,"beyond":0.01,"title":"e"},
 {"kind":"read","of":"r","to":"s","bar":0.5,"beyond":0.25,"title":"f"}]
END
quiet()
{
	runs xdp-flow-1 false 3.0 6.0 3.3 3.2 3.1
	runs xdp-flow-2 false 2.7 5.4 2.97 2.88 2.79
	runs peer false 1.0 2.0 1.1 null 1.0
	runs peer true 1.0 2.0 1.1 1.0 1.01
}
quiet | document
# The ratio is the median of the rounds' ratios, not the ratio of the medians. A round
# without a rate has no ratio.
so '.rows[0] | .mpps.median == 3.2 and .mpps.min == 3 and .mpps.max == 6 and .ratios.peer.n == 4 and
	(.ratios.peer.median - 3 | . * . < 1e-9) and .lost.socket == 50' table.json
so '.noise.worst < 0.02 and .counts' table.json
! grep -q 'do not count' table.md || fail "a quiet run does not count: $(cat table.md)"
grep -q '^| one | 3.20 | 3.00–6.00 | 5 | 3.00 × |' table.md || fail "the table: $(cat table.md)"

jq '{ table: . }' table.json |
	jq -L "$bench" --slurpfile bar bar.json -f "$bench/bar.jq" >judged.json
so 'map(.verdict) == ["met", "beyond", "not met", "not measured", "met", "not measured"]' \
	judged.json
so '.[4].measured.median | . > 0.0999 and . < 0.1001' judged.json

# told LINE...: write the bar in words to bar.md, which must have each LINE
told()
{
	local line

	jq -r -L "$bench" -f "$bench/bar_markdown.jq" judged.json >bar.md
	for line; do
		grep -qxF -e "$line" bar.md || fail "no line \"$line\" in: $(cat bar.md)"
	done
}

told '| c | 3.000 × | 3.000–3.100 | 1.5 % | ≥ 3.5 × | ≥ 4 × | **not met** |' \
	'| d | – | – | – | ≥ 3.5 × | ≥ 4 × | not measured |' \
	'| e | 10.0 % | 1→2: 10.0 % | 0.0 % | ≤ 20 % | ≤ 1 % | met |'
# A ratio far above the bar does not count if two runs of the same subject differ as much.
{ runs xdp-flow-1 false 9 9 9 9 9; runs peer false 1 1.1 1.2 1 1
	runs peer true 1.1 1.2 1.32 1.1 1.1; } |
	document
jq '{ table: . }' table.json |
	jq -L "$bench" --slurpfile bar bar.json -f "$bench/bar.jq" >judged.json
so '.[0].verdict == "too noisy" and .[0].noise > 0.09' judged.json
# The same ratio does not count either if no subject ran twice.
{ runs xdp-flow-1 false 9 9 9; runs peer false 1 1 1; } | document
jq '{ table: . }' table.json |
	jq -L "$bench" --slurpfile bar bar.json -f "$bench/bar.jq" >judged.json
so '.[0].verdict == "noise not known"' judged.json

# Two runs of the same subject differ by more than the limit: in the median, or at random.
{ runs peer false 1.0 1.1 1.2 1.0 1.0; runs peer true 1.1 1.2 1.32 1.1 1.1; } | document
so '.counts == false and .noise.worst > 0.09 and .noise.worst < 0.1' table.json
grep -q 'do not count: their noise, 9.1 %, is above 5 %' table.md || fail "noise: $(cat table.md)"
{ runs peer false 1 1 1 1 1; runs peer true 1.2 0.8 1 0.8 1.2; } | document
so '.counts == false' table.json
# No subject ran twice, or one did in two rounds only: the noise is not known.
runs peer false 1 1 1 | document
so '.counts == false and .noise.worst == null' table.json
{ runs peer false 1 1; runs peer true 1 1; } | document
so '.counts == false' table.json
grep -q 'their noise is not known' table.md || fail "$(cat table.md)"
# One packet is unexplained.
{ quiet; runs xdp-flow-1 false null |
	sed 's/"unexplained":0/"unexplained":1/; s/"round":1/"round":6/'; } |
	document
so '.counts == false and .runs_unexplained == 1 and .rows[0].unexplained == 1' table.json
grep -q 'do not count: 1 runs have unexplained packets' table.md || fail "$(cat table.md)"

# --- parts that have their own subjects ------------------------------------------------------

# single PART <RUNS: make the part's document
single()
{
	jq -L "$bench" -s --argjson machine \
		'{"cpu":"C","cpus":2,"kernel":"K","os":"O","date":"D","source":"S"}' \
		--argjson settings "{\"part\":\"$1\",\"noise_limit\":0.05}" \
		--slurpfile subjects singles.json -f "$bench/report_single.jq" >"$1.json"
	jq -r -L "$bench" -f "$bench/markdown.jq" "$1.json" >"$1.md"
}

# row SUBJECT FIELD VALUE... [-- JSON]: print a run for each round, with further fields
row()
{
	local subject=$1 field=$2 round=1 values=() value

	shift 2
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		values+=("$1")
		shift
	done
	for value in "${values[@]}"; do
		jq -nc "{ part: \"$PART\", subject: \"$subject\", round: $round, again: false,
			$field: $value } + ${2:-{\}}"
		round=$((round + 1))
	done
}

# judge PART...: make judged.json from the documents of these parts
judge()
{
	local part

	for part; do
		jq '{ (.settings.part): . }' "$part.json"
	done | jq -s add | jq -L "$bench" --slurpfile bar bar.json -f "$bench/bar.jq" >judged.json
}

jq -n '["a", "b", "s", "t", "c", "i", "r"] | map({ name: ., title: . })' >singles.json
cat >bar.json <<'END'
[{"kind":"delay","of":"a","to":"b","bar":1.5,"beyond":1,"title":"late"},
 {"kind":"delay","of":"b","to":"a","bar":null,"beyond":0.5,"title":"none"},
 {"kind":"stopped","of":"s","to":"t","bar":0.98,"beyond":null,"title":"stop"},
 {"kind":"core","of":"c","to":"ns","bar":25,"beyond":15,"title":"time"},
 {"kind":"core","of":"c","to":"instructions","bar":120,"beyond":null,"title":"count"},
 {"kind":"idle","of":"i","to":"share","bar":0.01,"beyond":0.001,"title":"idle"},
 {"kind":"idle","of":"i","to":"rest_bytes","bar":16777216,"beyond":null,"title":"memory"}]
END
PART=delay
# One block with a stall does not matter: the median block counts.
delays()
{
	row a p99_quiet_ns 1200 1210 90000 1190 1200 \
		-- '{p50_ns: 30, p90_ns: 50, max_ns: 95000, lost: 0, twice: 0}'
	row b p99_quiet_ns 1000 1000 1000 1000 1000 \
		-- '{p50_ns: 20, p90_ns: 50, max_ns: 1500, lost: 0, twice: 0}'
}
delays | single delay
PART=stopped
{ row s mpps 1 1 0.99 -- '{lost: 0, lost_by_fourth: 500, unexplained: 0}'
	row t mpps 1 1 1 -- '{lost: 0, lost_by_fourth: 0, unexplained: 0}'; } |
	single stopped
PART=core
{ row c ns 10 10.1 10.2; row c instructions 119.2 -- '{round: 9}'; } | single core
PART=idle
row i share 0.0005 0.0006 0.02 \
	-- '{engine: 0, consumers: 0.1, rings_bytes: 268435456, ingest_bytes: 67108864,
		rest_bytes: 5242880}' |
	single idle
judge delay stopped core idle
so 'map(.verdict) == ["met", "not beyond", "met", "beyond", "met", "beyond", "met"]' judged.json
told '| late | 1.200 × | 1.190–90.000; p50 1.500 ×, p90 1.000 × | 0.3 % | ≤ 1.5 × | ≤ 1 × | met |' \
	"| stop | 1.000 × | 0.990–1.000; lost by these: 0, by the stopped one: 1500 \
| 0.5 % | ≥ 0.98 × | – | met |" \
	'| time | 10.1 ns | 10.0–10.2 | 1.1 % | ≤ 25 ns | ≤ 15 ns | beyond |' \
	'| count | 119.2 | 119.2–119.2 | – | ≤ 120 | – | met |' \
	'| idle | 0.060 % | 0.050–2.000 | – | ≤ 1 % | ≤ 0.1 % | beyond |' \
	'| memory | 5.0 MiB | 5.0–5.0 | – | ≤ 16.0 MiB | – | met |'
grep -q '^| i | 0.000 % | 10.000 % | 0.060 % | 256.0 | 64.0 | 5.0 | 3 |$' idle.md ||
	fail "$(cat idle.md)"
# Reading: not all expected packets were read, or not all of them waited before.
PART="read"
# reading EXPECTED WAITING: print a run
reading()
{
	{ row r cpu_ns 4 4 4 -- "{packets: 10, expected: $1, wall_ns: 9}"
		row s cpu_ns 10 10 10 -- "{packets: 10, waiting: $2, wall_ns: 9}"; } |
		single read
}
reading 10 10
so '.missing == 0 and .counts and (.rows[] | select(.subject == "r").cpu_ns.median == 4)' read.json
jq '{ read: . }' read.json | jq -L "$bench" \
	--argjson bar '[[{"kind":"read","of":"r","to":"s","bar":0.5,"beyond":0.25,"title":"t"}]]' \
	-f "$bench/bar.jq" >judged.json
so '.[0] | .verdict == "met" and .measured.median == 0.4' judged.json
reading 11 10
so '.missing == 3 and .counts == false' read.json
reading 10 8
so '.missing == 6 and .counts == false' read.json
# A frame never came, or a packet is unexplained: the part does not count.
PART=delay
row a p99_quiet_ns 1 1 1 -- '{lost: 1, twice: 0}' | single delay
so '.counts == false and .missing == 3' delay.json
PART=stopped
# The rate of a subject that lost a packet is not judged.
{ row s mpps 2 2 2 -- '{lost: 1, lost_by_fourth: 5, unexplained: -1}'
	row t mpps 1 1 1 -- '{lost: 0, lost_by_fourth: 0, unexplained: 0}'; } |
	single stopped
so '.counts == false and .missing == 3' stopped.json
grep -q 'do not count: 3 packets are missing' stopped.md || fail "$(cat stopped.md)"
PART=core
# The result is slow and differs much between rounds. Instructions were not counted.
{ row c ns 30 50 20 90; row c instructions null -- '{without: "valgrind is missing"}'; } |
	single core
grep -q '^Not measured: valgrind is missing[.]$' core.md || fail "$(cat core.md)"
judge stopped core
so '.[2].verdict == "not met" and .[3].verdict == "too noisy" and
	.[4].verdict == "not measured: valgrind is missing" and
	.[5].verdict == "not measured"' judged.json
told "| time | 40.0 ns | 20.0–90.0 | 69.4 % | ≤ 25 ns | ≤ 15 ns \
| **too noisy to judge**: above 5 % |"

# Flows that are cut off: what the program cut is neither lost nor unexplained.
# shunted PACE CUT COUNTED DROPPED: make run.json from gen.json and heard.json
shunted()
{
	cat >stats.json <<-END
	{"status":{"sources":[{"counters":{"drop_socket":$4}}]},
	 "groups":[{"counters":{"drop_filter":0,"drop_program":$2},
	            "counts":[{"name":"elephants","packets":$3}]}],
	 "endpoints":[{"counters":{"drop_ring_full":0}},{"counters":{"drop_ring_full":0}}]}
	END
	jq -nc --slurpfile gen gen.json --slurpfile heard heard.json --slurpfile stats stats.json \
		--arg subject s --argjson round 1 --arg pace "$1" --argjson engine 50000 \
		-f "$bench/shunt.jq" >run.json
}
echo '{"sent":1000,"seconds":0.5,"carried":1000,"dropped":0,"received":1000}' >gen.json
for packets in 150 50; do
	jq -n "{ packets: $packets, searched: $packets, discarded: 0, cpu_ns: 50000, span: 1 }"
done >heard.json
shunted paced 800 800 0
so '.unexplained == 0 and .miscounted == 0 and .cut == 800 and .lost == 0 and .cpu_ns == 100 and
	.engine_ns == 50 and .searched == 200' run.json
shunted full 790 790 10
so '.unexplained == 0 and .lost == 10 and .lost_share == 0.01 and .mpps == 990 / 1e6' run.json
# Lost packets: no CPU time. A packet that nobody has: no rate. Another count: it does not count.
shunted paced 790 790 10
so '.cpu_ns == null and .without == "s lost packets at the paced rate"' run.json
shunted full 799 799 0
so '.unexplained == 1 and .mpps == null' run.json
PART=shunt
{ row s cpu_ns 100 100 100 -- '{unexplained: 0, miscounted: 0, engine_ns: 3}'
	row t cpu_ns 500 500 500 -- '{unexplained: 0, miscounted: 0, engine_ns: 2}'
	row s mpps 3 3 3 -- '{unexplained: 0, miscounted: 0, lost_share: 0.5}'; } |
	single shunt
so '.counts and .missing == 0' shunt.json
grep -q '^| s | 100.0 | 3.0 | 3.00 | 50.0 % | 3 |$' shunt.md || fail "$(cat shunt.md)"
echo '[{"kind":"shunt","of":"s","to":"t","bar":0.35,"beyond":0.2,"title":"cut"}]' >bar.json
judge shunt
told '| cut | 0.200 × | 0.200–0.200; of pfqd: 1.500 × | 0.0 % | ≤ 0.35 × | ≤ 0.2 × | beyond |'
shunted paced 800 799 0
so '.unexplained == 0 and .miscounted == -1' run.json
single shunt <run.json
so '.counts == false and .missing == 1' shunt.json

# Beside an expensive program: the packets and losses of the group beside do not count.
echo '{"sent":1000,"seconds":0.5,"carried":990,"dropped":10,"received":990}' >gen.json
jq -n '{ all: { packets: 200, span: 1 } }, { all: { packets: 300, span: 2 } }' >heard.json
cat >stats.json <<'END'
{"status":{"sources":[{"counters":{"drop_socket":90}}]},
 "groups":[{"name":"bench","counters":{"drop_filter":0,"drop_no_member":100}},
           {"name":"beside","counters":{"drop_filter":0,"drop_program":800}}],
 "endpoints":[{"group":"bench","counters":{"drop_ring_full":300},"read":500},
              {"group":"beside","counters":{"drop_ring_full":70},"read":30}]}
END
jq -nc --slurpfile gen gen.json --slurpfile heard heard.json --slurpfile stats stats.json \
	--arg subject s --argjson round 1 --argjson engine 9000 -f "$bench/costly.jq" >run.json
so '.unexplained == 0 and .lost == 500 and .lost_share == 0.5 and .mpps == 250 / 1e6 and
	.beside == 30 and .engine_ns == 10' run.json
PART=costly
single costly <run.json
so '.counts' costly.json
grep -q '^| s | 0.00 | 50.0 % | 10.0 | 1 |$' costly.md || fail "$(cat costly.md)"
jq -c '.unexplained = -1' run.json | single costly
so '.counts == false and .missing == 1' costly.json

# Each row of "bar" can be measured: its subjects exist.
awk '!/^#/ && NF { if ($1 == "step") print $2 1; else { print $2
	if ($1 != "core" && $1 != "idle") print $3 } }' "$bench/bar" | while read -r name; do
	awk -v name="$name" '!/^#/ && $1 == name { found = 1 } END { exit !found }' \
		"$bench/subjects" "$bench/singles" || fail "bar: \"$name\" is no subject"
done

# --- the command line ---------------------------------------------------------------------

# line STATUS WORD ARGUMENT...: bench.sh ends with STATUS and prints WORD
line()
{
	local status=0 want=$1 word=$2

	shift 2
	timeout 20 bash "$bench/../bench.sh" "$@" >line.out 2>&1 || status=$?
	[ $status -eq "$want" ] || fail "bench.sh $*: status $status, not $want: $(cat line.out)"
	grep -qF -e "$word" line.out || fail "bench.sh $*: \"$word\" is not in: $(cat line.out)"
}

line 0 'usage: bench.sh' --help
line 0 'xdp-flow-4' --list
line 2 '"--fast": no such option' --fast
line 2 '--rounds: "0": allowed are 1 to 1000' --rounds 0
line 2 '--rounds: "7x"' --rounds 7x
line 2 '--rounds: it needs a value' --rounds
line 2 '--seconds: "0.05": allowed are 0.1 to 60' --seconds 0.05
line 2 '--only: "xdp-flow-3": --list prints' --only xdp-flow-4,xdp-flow-3
line 2 '--part: "all": allowed are table, rate' --part all
line 2 '--part: "run"' --part run
line 0 'xdp-stopped' --list
line 2 'must differ' --build . --cpu 0 --gen-cpu 0
line 77 'no directory' --build "$dir/none"
line 77 '' --build "$dir"
