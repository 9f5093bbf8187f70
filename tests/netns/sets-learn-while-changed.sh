#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# 10,000 entries of a set come and go under traffic, while programs learn into it: each packet is
# counted once and delivered once. The learnt addresses are exactly those on the wire, also after
# another program has taken the place of the first one.
. "$(dirname "$0")/../lib.sh"
begin
wire_up

# learnt SET: the items of a set that a program has learnt, sorted
learnt()
{
	ctl set "demo.$1" list --json | jq -r '.entries[] | select(.learnt) | .item' | sort
}

# entered: the number of items that were entered
entered()
{
	ctl set demo.seen list --json | jq '[.entries[] | select(.learnt | not)] | length'
}

# sources FILTER: the source addresses of these packets on the wire, sorted
sources()
{
	tcpdump -nr "$(pcap wire)" "$1" 2>/dev/null |
		sed -E 's/^[^ ]+ IP6? (.*)\.[0-9]+ > .*/\1/' | sort -u
}

program="set seen addr size=4K timeout=1h set conns flow size=1K
in when (has_dst_port 9) (learn_src seen >-> learn_flow conns timeout=10m)
	>-> count all
	>-> conditional (has_src_addr seen or has_flow conns) (count known) (count others)
	>-> steer_flow"
printf '%s\n' "$program" > "$T/a.lang"
printf '%s\n' "${program/count all/pass >-> count all}" > "$T/b.lang"
start_group demo lang=file:a.lang
start_members demo d 2
reference wire wire0
# Changes go ahead of the traffic, also where a slow machine has time for one of them only.
background sender ip netns exec "$NS_B" nice -n 10 "$TOOLS/pfq-frames" -i wire1 \
	--kinds udp4,udp6 --packets 100000000 --rate $((2000 / PATIENCE))
programs=(b a)
# 100 times 100 entries that no packet has
for ((i = 0; i < 50; i++)); do
	for ((k = 0; k < 100; k++)); do
		echo "192.0.$i.$k"
	done > "$T/list"
	for verb in add del; do
		ctl set demo.seen $verb "file:$T/list" > "$T/set" 2>&1 ||
			fail "set $verb fails: $(cat "$T/set")"
		[ "$verb" = add ] || [ "$(cat "$T/set")" = "demo.seen: removed 100" ] ||
			fail "it says: $(cat "$T/set")"
	done
	[ $((i % 10)) -eq 5 ] || continue
	next=${programs[i / 10 % 2]}
	ctl lang set demo "$T/$next.lang" > "$T/set" || fail "lang set fails: $(cat "$T/set")"
done
kill "${PID[sender]}" || fail "no frames were sent any more: $(cat "$T/sender.err")"
ended sender || true
drain
stats_add_up all
nothing_lost
stat_is '[.groups[0].counts[] | {(.name): .packets}] | add |
	.known + .others == .all and .known > 0' \
	'.groups[0] | .counters.recv == .counters.steered and
	.counters.recv == (.counts[] | select(.name == "all").packets)'
stop_captures wire d0 d1
check --reference wire d0 d1
[ "$(entered)" -eq 0 ] || fail "$(entered) entries are left"
learnt seen > "$T/learnt"
sources 'dst port 9' > "$T/sources"
[ -s "$T/sources" ] || fail "the reference has no such packets"
diff "$T/sources" "$T/learnt" || fail "other addresses were learnt than were on the wire"
ctl set demo.conns list | tail -n 1 | grep -Eq '^flow +[0-9]+s +learnt$' ||
	fail "the flows are: $(ctl set demo.conns list)"
stop_engine
