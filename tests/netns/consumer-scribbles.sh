#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Hostile consumers harm only themselves, also under full traffic. They overwrite all that
# they can map, forge cursors, clear flags on descriptors and fill sockets. They also try to
# truncate the engine's memory or to punch holes into it.
. "$(dirname "$0")/../lib.sh"
begin
need "$TOOLS/pfq-hostile"
wire_up
start_server
start_two_groups
reference wire wire0
capture all0 pfq@all
start_members share share 2
fds=$(engine_fds_at_rest)
hostile()
{
	background "$1" env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" \
		"$TOOLS/pfq-hostile" --socket "$SOCKET" --rings 100 --group "$2" "${@:3}"
	wait_for 5 "$1 to join, see $1.err" grep -q joined "$T/$1.out"
}
hostile rings-all all
hostile rings-share share
hostile control-all all --control
# The engine rings each doorbell again and again: the hostile members ask for it, and store
# random words too. It does so until the socket is full, or each time the device's byte has
# been read. A busy machine takes longer.
for ((i = 0; i == 0 || i < 4 * PATIENCE; i++)); do
	traffic --connections 100000 --seconds 4 --udp-flows 100000 --parallel 8 --rate 1500
	! grep -q '^rung' "$T/rings-all.out" || ! grep -q '^rung' "$T/rings-share.out" || break
done
kill -TERM "${PID[rings-all]}" "${PID[rings-share]}" "${PID[control-all]}"
for name in rings-all rings-share control-all; do
	status=0
	ended $name 10 || status=$?
	[ $status -eq 0 ] || fail "$name: status $status: $(cat "$T/$name.out" "$T/$name.err")"
done
for name in rings-all rings-share; do
	echo "$TEST: $name: $(tail -n 1 "$T/$name.out")"
	[ "$(tail -n 1 "$T/$name.out" | jq .rung)" -ge 100 ] ||
		fail "the doorbell of $name rang too rarely: $(tail -n 1 "$T/$name.out")"
done
wait_members all 1
wait_members share 2
drain
stats_add_up
nothing_lost
wait_for 5 "the engine to close the dead members' descriptors ($fds left)" engine_has_fds "$fds"
stop_captures all0 share0 share1 wire
check --reference wire all0
# Flows moved when the hostile member joined and left, so a share can lack packets. But no
# packet may be with two members, and none may be unsent.
"$TOOLS/pfq-check" --json --reference "$(pcap wire)" "$(pcap share0)" "$(pcap share1)" \
	>"$T/check.json" || true
jq -e '.found | .packets_twice == 0 and .packets_alien == 0' "$T/check.json" >/dev/null ||
	fail "the shares are damaged: $(jq -c .found "$T/check.json")"
stop_engine
