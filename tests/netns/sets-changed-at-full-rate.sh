#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A live set is changed 40 times, or PFQ_CHANGES times, an even number, while the generator sends
# as fast as it can. Each packet that was sent is delivered, or counted by a cause of loss, or
# counted by the program that drops the listed addresses. The set has what the last changes left.
#
# Alone: it sends as fast as the machine can
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/bench.sh"
# shellcheck disable=SC2034 # begin() uses it
PREPARE=engine_begin
begin
need "$CAPTOP"
wire_up
needs_gen

# change VERB ITEM...: change the set
change()
{
	in_a nice -n -15 timeout $((30 * PATIENCE)) "$PFQCTL" set demo.bad "$@" >"$T/set" 2>&1 ||
		fail "set $* fails: $(cat "$T/set")"
}

# count NAME: print how many packets the program has counted for NAME
count()
{
	jq ".groups[0].counts[] | select(.name == \"$1\") | .packets" "$T/stats.json"
}

# The generator's flows come from 198.18.0.0/16: half of them are listed, in turn. Some entries
# meet no packet.
even='198.18.0.0/18 198.18.128.0/18 192.0.2.1'
odd='198.18.192.0/18 198.18.64.0/18 2001:db8::/64'

start_group demo 'direction = in' 'ring = 16M' "lang = set bad addr size=1K in count all \
	>-> when (has_src_addr bad) (count listed >-> drop) >-> count others >-> steer_flow"
for name in d0 d1; do
	background $name ip netns exec "$NS_A" env LD_LIBRARY_PATH="$T/lib" "$CAPTOP" --json \
		-i pfq@demo -t 10
done
wait_members demo 2
background gen ip netns exec "$NS_B" "$GEN" --json -o wire1 --pass "wire0@$NS_A" --flows 1024
# Only the thread that answers requests goes first: all CPUs are busy with packets.
renice -n -15 -p "${PID[engine]}" >"$T/renice"
changes=${PFQ_CHANGES:-40}
for ((i = 0; i < changes; i += 2)); do
	# shellcheck disable=SC2086 # several items
	if [ $((i % 4)) -eq 0 ]; then
		change add $even
		change del $odd
	else
		change del $even
		change add $odd
	fi
done
kill -INT "${PID[gen]}" || fail "nothing was sent any more: $(cat "$T/gen.err")"
ended gen || fail "pfq-gen: status $?: $(cat "$T/gen.out" "$T/gen.err")"
is gen '"\(.ended) \(.unaccounted)"' "signal 0"
drain
stats_add_up all

# sent = received + dropped by the device; of these, each packet has one of these ways
received=$(summary gen .received)
all=$(count all) listed=$(count listed) others=$(count others)
stat_is "[.status.sources[].counters | .rx_packets, .drop_socket, .drop_malformed] |
		add == $received" \
	".groups[0].counters | .recv == $all and .drop_program == $listed and
		.steered == $others and .recv == .drop_program + .steered" \
	'.groups[0].counters.copies == ([.endpoints[].counters.offered] | add)'
[ "$listed" -gt 0 ] && [ "$others" -gt 0 ] || fail "$listed packets are listed, $others are not"
delivered=0
full=$(jq '[.endpoints[].counters.drop_ring_full] | add' "$T/stats.json")
for name in d0 d1; do
	stop_captures $name
	delivered=$((delivered + $(summary $name .all.packets)))
done
[ $((delivered + full)) -eq "$others" ] ||
	fail "$others packets are for members: $delivered came, and $full found a full ring"
[ "$delivered" -gt 0 ] || fail "no packet came to the members"

# The items are those that the last changes left.
want=$([ $((changes % 4)) -eq 2 ] && echo "$even" || echo "$odd")
items=$(ctl set demo.bad list --json | jq -r '[.entries[].item] | sort | join(" ")')
[ "$items" = "$(tr ' ' '\n' <<<"$want" | sort | paste -sd ' ')" ] || fail "the set has: $items"
say "$changes changes, $(summary gen .sent) packets at $(summary gen .sent_mpps) Mpps:" \
	"$listed listed, $delivered delivered, $full found a full ring"
stop_engine
