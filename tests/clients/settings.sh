#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Tries each setting with its special values, in all modes and with all ways to wait. The
# system's library on a device and ours on a group with that device read the same traffic at
# once. In each cell both return the same results and packets. Each exception is listed in
# settings.exceptions and in pcap-pfq(7). Our library wakes a program at most a tenth more
# often than the stock one.
. "$(dirname "$0")/lib.sh"
clients_begin
need "$CLIENTS/settings"
EXCEPTIONS=$PFQ_SRC/tests/clients/settings.exceptions
EACH=64		# cells in one process
AT_ONCE=3	# processes: more threads would take the CPUs from the engine
wire_side "$NS_B"
wire_add wire0 wire1 || skip "this kernel has no veth devices"
wire_end "$NS_A" wire0 1 2
wire_end "$NS_B" wire1 2 1
# Two groups, because a group has at most 256 members
start_engine <<END
[group g0]
device = wire0
steer  = copy

[group g1]
device = wire0
steer  = copy
END

library()
{
	if [ "$1" = ours ]; then echo "$T/lib"; else echo "$SYSTEM_DIR"; fi
}

# run WHICH ARGUMENT...: run settings with this library; the word DEVICE stands for its
# device
run()
{
	local which=$1 device=wire0

	shift
	[ "$which" = stock ] || device=pfq@g$((part % 2))
	env LD_LIBRARY_PATH="$(library "$which")" ip netns exec "$NS_A" \
		"$CLIENTS/settings" "${@/DEVICE/$device}"
}

# same FILE: print it with DEVICE for each device's name
same()
{
	sed -E 's/\bpfq@g[01]\b/DEVICE/g; s/\bwire0\b/DEVICE/g' "$1"
}

# cells [PART...]: run all cells of these parts at once, with both libraries. Appends the
# results to cells.stock and cells.ours.
cells()
{
	local which part fd names=() stop=()

	for part; do
		for which in stock ours; do
			mkfifo "$T/stop-$which-$part"
			background "$which-$part" run_cells
			names+=("$which-$part")
		done
	done
	for part in "${names[@]}"; do
		exec {fd}>"$T/stop-$part"
		stop+=("$fd")
	done
	for part in "${names[@]}"; do
		wait_for 60 "the cells of $part" grep -q '^ready' "$T/$part.out"
	done
	sent=$(in_b "$CLIENTS/settings" send 10.77.0.1)
	for fd in "${stop[@]}"; do
		echo stop >&"$fd"
		exec {fd}>&-
	done
	for part in "${names[@]}"; do
		ended "$part" 20 || fail "$part: $(cat "$T/$part.err")"
		same "$T/$part.out" | grep -v '^ready$' >>"$T/cells.${part%-*}"
		rm "$T/stop-$part"
	done
}

run_cells()
{
	run "$which" cells DEVICE $((part * EACH)) $(((part + 1) * EACH)) <"$T/stop-$which-$part"
}

# Compare the results, and write to "judged" a line for each cell: block, verdict,
# exception, name, differences. A cell differs if a compared field differs. It also differs
# if our library wakes more often than the stock one by more than a tenth and three. If the
# stock library has lost packets, ours must have all of them.
judge()
{
	awk -F '\t' -v sent="$sent" '
	FILENAME == ARGV[1] {
		if ($0 !~ /^#/) {
			split($0, word, " ")
			name[++exceptions] = word[1]
			pattern[exceptions] = substr($0, length(word[1]) + 2)
		}
		next
	}
	FILENAME == ARGV[2] { stock[$2] = $0; next }
	{
		split(stock[$2], s, "\t")
		how = ""
		verdict = "equal"
		for (i = 3; i <= 7; i++) {
			if ($i == s[i])
				continue
			if (i == 5 && s[8] > 0 && index($i, sent " packets, 0 gaps, ") == 1) {
				verdict = "lost"
				continue
			}
			how = how " [" s[i] " -> " $i "]"
		}
		if ($9 > s[9] + s[9] / 10 + 3)
			how = how " [" s[9] " -> " $9 " wake-ups]"
		exception = "-"
		if (how != "") {
			verdict = "differs"
			for (i = 1; i <= exceptions; i++) {
				if ($2 ~ pattern[i]) {
					verdict = "excepted"
					exception = name[i]
				}
			}
		}
		print $1 "\t" verdict "\t" exception "\t" $2 "\t" how
		if (verdict != "excepted") {
			woken_stock += s[9]
			woken_ours += $9
		}
	}
	END { print woken_stock, woken_ours >"/dev/stderr" }
	' "$EXCEPTIONS" "$T/cells.stock" "$T/cells.ours" >"$T/judged" 2>"$T/woken"
}

part=0
for which in stock ours; do
	run $which setters DEVICE >"$T/setters"
	same "$T/setters" >"$T/setters.$which"
done
diff "$T/setters.stock" "$T/setters.ours" >"$T/setters.diff" ||
	fail "the setters' results differ: $(cat "$T/setters.diff")"

# A cell that really differs does so in each run. Other cells differ once because the
# machine was busy, so they run again.
count=$("$CLIENTS/settings" count)
PARTS=$(((count + EACH - 1) / EACH))
for try in 1 2 3; do
	rm -f "$T/cells.stock" "$T/cells.ours"
	for ((part = 0; part * EACH < count; part += AT_ONCE)); do
		# shellcheck disable=SC2046 # numbers
		cells $(seq "$part" $(((part + AT_ONCE < PARTS ? part + AT_ONCE : PARTS) - 1)))
	done
	judge
	awk -F '\t' '$2 == "differs" { print $4 }' "$T/judged" | sort >"$T/differs.$try"
	[ "$try" -eq 1 ] || comm -12 "$T/differs" "$T/differs.$try" >"$T/differs.both"
	mv "$T/differs.$([ "$try" -eq 1 ] && echo 1 || echo both)" "$T/differs"
	[ -s "$T/differs" ] || break
done
stop_engine
# A cell that was equal in another run counts as equal.
awk -F '\t' -v OFS='\t' '
	FILENAME == ARGV[1] { differs[$0] = 1; next }
	$2 == "differs" && !($4 in differs) { $2 = "equal" }
	{ print }' "$T/differs" "$T/judged" >"$T/judged.all"
mv "$T/judged.all" "$T/judged"

awk -F '\t' '
	!($1 in cells) { order[++blocks] = $1 }
	{ cells[$1]++; n[$1, $2]++; total[$2]++ }
	END {
		printf "%-12s %6s %6s %9s %11s %8s\n", "settings", "cells", "equal", "excepted",
			"stock lost", "differ"
		for (i = 1; i <= blocks; i++) {
			b = order[i]
			printf "%-12s %6d %6d %9d %11d %8d\n", b, cells[b], n[b, "equal"],
				n[b, "excepted"], n[b, "lost"], n[b, "differs"]
		}
		printf "%-12s %6d %6d %9d %11d %8d\n", "all", NR, total["equal"], total["excepted"],
			total["lost"], total["differs"]
	}' "$T/judged"
read -r woken_stock woken_ours <"$T/woken"
echo "setters: $(wc -l <"$T/setters.ours") lines, the same; runs: $try;" \
	"wake-ups: $woken_stock stock, $woken_ours ours"
[ ! -s "$T/differs" ] || fail "these cells differ: $(grep -F -f "$T/differs" "$T/judged")"
[ "$(wc -l <"$T/judged")" -eq "$count" ] || fail "$(wc -l <"$T/judged") cells of $count"
[ "$woken_ours" -le $((woken_stock + woken_stock / 10)) ] ||
	fail "a cell is woken more often than with the stock library"
while read -r name _; do
	[ "${name#\#}" = "$name" ] || continue
	grep -q "	excepted	$name	" "$T/judged" ||
		fail "no cell differs by the exception $name any more"
	grep -q "Cm $name" "$PFQ_SRC/man/pcap-pfq.7" || fail "pcap-pfq(7) does not describe $name"
done <"$EXCEPTIONS"
