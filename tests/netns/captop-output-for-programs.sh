#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Each line of --json is an object, and each line of --csv has all columns. captop writes
# each line when its second is over. Output to a pipe or a terminal is plain text.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/bench.sh"
begin
need script
wire_up

listen json --thread 2
background csv ip netns exec "$NS_A" "$CAPTOP" --csv -i wire0 --thread 2 --first-core 0
background text ip netns exec "$NS_A" "$CAPTOP" -i wire0 --thread 2
background terminal ip netns exec "$NS_A" script -qec "$CAPTOP -i wire0 --for 2.5" /dev/null
for name in csv text terminal; do
	wait_for 10 "$name" grep -q 'listening on' "$T/$name.err" "$T/$name.out"
done
inject -c 4000 --rate 2k
wait_for 3 "lines without delay" test -s "$T/json.out"
hear json csv text
ended terminal 5 || fail "on a terminal: status $?"

lines=$(wc -l <"$T/json.out")
[ "$(jq -c . "$T/json.out" | wc -l)" -eq "$lines" ] || fail "not one object in each line"
[ "$lines" -ge 3 ] || fail "only $lines lines in more than 3 seconds"
jq -se '(.[:-1] | all(.type == "interval")) and (.[-1].type == "summary")' "$T/json.out" \
	>/dev/null ||
	fail "types: $(cat "$T/json.out")"
# The seconds add up to the time, the intervals to the summary, and the threads to the
# total.
jq -se '.[-2].time as $t | ([.[:-1][].all.seconds] | add) as $s | $t - $s | fabs < 0.01' \
	"$T/json.out" >/dev/null || fail "seconds: $(cat "$T/json.out")"
jq -se '([.[:-1][].all.packets] | add) <= .[-1].all.packets' "$T/json.out" >/dev/null ||
	fail "the intervals have more packets than the summary"
jq -se 'all(.[]; .all.packets == ([.threads[].packets] | add))' "$T/json.out" >/dev/null ||
	fail "the threads' packets do not add up to the total"
jq -se 'all(.[]; (.all.packets / .all.seconds / 1e6 - .all.mpps | fabs < 1e-6) and
	(.all.gbps - .all.mpps * 60 * 8 / 1000 | fabs < 1e-6))' "$T/json.out" >/dev/null ||
	fail "rates: $(cat "$T/json.out")"
is json .all.packets 8000

awk -F, 'NR == 1 { n = NF } NF != n { exit 1 } END { if (n < 10) exit 1 }' "$T/csv.out" ||
	fail "columns: $(cat "$T/csv.out")"
[ "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
	$1 == "summary" && $at["thread"] == "all" {
		print $at["packets"], $at["recv"], $at["bytes"] }' \
	"$T/csv.out")" = "8000 8000 480000" ] || fail "summary: $(cat "$T/csv.out")"
[ "$(awk -F, 'NR > 1 && $4 != "all" { print $6 }' "$T/csv.out" | sort -u |
	paste -sd' ')" = "0 1" ] ||
	fail "cores: $(cat "$T/csv.out")"

grep -q '^capture ended by signal' "$T/text.out" || fail "text: $(cat "$T/text.out")"
[ "$(grep -c summary "$T/text.out")" -eq 1 ] || fail "text: $(cat "$T/text.out")"
# script(1) ends lines with CR LF. No other control character may occur.
for name in text terminal; do
	! tr -d '\r\n' <"$T/$name.out" | grep -q '[[:cntrl:]]' || fail "$name has control codes"
	[ "$(grep -c 'Mpps' "$T/$name.out")" -ge 3 ] || fail "$name: $(cat "$T/$name.out")"
done

# pinned threads run on their CPUs
listen pinned --thread 2 --first-core 0
# on_cpu N: one thread of captop may run on CPU N only
on_cpu()
{
	grep -h Cpus_allowed_list "/proc/${PID[pinned]}/task/"*/status | grep -q "$(printf '\t')$1$"
}
for thread in 0 1; do
	wait_for 5 "a thread on CPU $thread" on_cpu "$thread"
done
hear pinned
