#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# bench.sh BUILD: measures the kernel engine and its peers in User-mode Linux. The module and all
# else run there at this machine's own speed, on one CPU ("make bench-kmod"). Writes
# BUILD/bench/results/kmod.json and prints a table.
# PFQ_UML: where that kernel is built. PFQ_ROUNDS (7): how often each row is measured.
# PFQ_SECONDS (4): for how long.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
[ $# -eq 1 ] || { sed -n '3s/^# \(bench.sh BUILD\):.*/usage: \1/p' "$0" >&2; exit 2; }
build=$(realpath "$1")
work=$build/tests/vm
uml=${PFQ_UML:-$work/uml}
linux=$("$here/uml-kernel.sh" "$uml" -j"$(nproc)")
make -s -C "$here/../../kmod" ARCH=um KDIR="$(dirname "$linux")" O="$work/uml-module" \
	> "$work/uml-module.log" 2>&1 ||
	{ cat "$work/uml-module.log" >&2; exit 1; }
out=$work/bench.log
cat > "$work/uml-command" << END
export PFQ_BUILD=$build PFQ_KO=$work/uml-module/kmod/pfq.ko
export PFQ_ROUNDS=${PFQ_ROUNDS:-7} PFQ_SECONDS=${PFQ_SECONDS:-4}
bash $here/kmod/bench.sh
END
printf '%s\n' "$build" "$(realpath "$here/../..")" > "$work/uml-command.trees"
"$here/uml-run.sh" "$linux" "$work/uml-command" > "$out" || true
if ! grep -q '^uml-status: 0' "$out"; then
	tail -n 30 "$out" >&2
	echo "bench.sh: the guest did not end well; all it said is in $out" >&2
	exit 1
fi
mkdir -p "$build/bench/results"
machine=$(jq -n --arg cpu "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
	--arg kernel "Linux $(basename "$(make -s --no-print-directory -C "$(dirname "$linux")" \
		ARCH=um kernelrelease)")" \
	--arg seconds "${PFQ_SECONDS:-4}" --arg date "$(date -u +%F)" \
	--arg source "$(git -C "$here" describe --always --dirty 2> /dev/null || echo unknown)" \
	'{ cpu: $cpu, kernel: $kernel, seconds: $seconds, date: $date, source: $source }')
sed -n 's/\r$//; s/^\(row\|delay\): \(.*\)/{ "\1": \2 }/p' "$out" |
	jq -s '{ row: map(.row // empty), delay: map(.delay // empty) }' |
	jq --argjson machine "$machine" -f "$here/bench.jq" > "$build/bench/results/kmod.json"
jq -r '.rows[] | [.row, .offered, .delivered, .dropped, .unexplained, .spread_percent] | @tsv' \
	"$build/bench/results/kmod.json" |
	awk -F'\t' 'BEGIN {
			printf "%-22s %12s %12s %12s %12s %8s\n", "row", "sent/s", "delivered/s",
				"dropped/s", "unexplained", "spread"
		}
		{ printf "%-22s %12d %12d %12d %12d %7.1f%%\n", $1, $2, $3, $4, $5, $6 }'
jq -r '(.bar[] | "\(.what): \(.ratio)\(if .error then " ± \(.error)" else "" end) " +
		"(bar \(.bar))"),
	(.delays[] | "delay, \(.row): p50 \(.p50_ns) ns, p99 \(.p99_ns) ns, " +
		"of quiet blocks \(.p99_quiet_ns) ns"),
	(.bound[] | "\(.what): \(.ratio)"),
	"PACKET_FANOUT against itself: \(.noise_percent) %, \(.noise_error_percent) more or less"' \
	"$build/bench/results/kmod.json"
