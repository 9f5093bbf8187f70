#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Fragments wait for the first fragment of their datagram, but no longer than frag_wait. A
# flood of fragments without a first one does not delay or drop other packets. No packet is
# lost, also not when the engine ends, and the sums hold.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
export WORKERS=2
start_engine <<END
[group waits]
id     = 1
device = wire0
steer  = flow
frag_wait = 8s

[group brief]
id     = 2
device = wire0
steer  = flow
frag_wait = 30ms

[group never]
id     = 3
device = wire0
steer  = flow
frag_wait = 0
END
all='waits brief never'
group() { printf '(.groups[] | select(.name == "%s") | .counters' "$1"; }

reference wire wire0
for g in $all; do
	for i in 0 1 2; do
		# The engine filters a held fragment when it releases it, by its bytes and
		# its tag.
		capture "$g$i" "pfq@$g" '(ip or ip6) and not vlan'
	done
	wait_members "$g" 3
done

# A flood from one sender. The group that does not wait gets all of it at once.
frames b --kinds frag4 --headless --one-way --flows 1 --packets 200 --rate 10000
stats_add_up
stat_is "$(group waits).pending > 100)" "$(group waits).frag_waited == 600)" \
	"$(group waits).frag_no_room > 100)" "$(group waits).frag_timed_out == 0)" \
	"$(group never).frag_waited == 0)" "$(group never).pending == 0)"
# Meanwhile the other datagrams come, with their last fragment first.
frames b --kinds frag4,udp4,frag6,udp6 --order reversed --packets 600 --flows 300 --window 4 \
	--seed 2 --rate 20000
wait_for 10 "the fragments in brief to time out" ctl_is stats "$(group brief).pending == 0)"
wait_for 20 "the fragments in waits to time out" ctl_is stats "$(group waits).pending == 0)"
stats_add_up
stat_is "$(group brief).frag_timed_out > 100)" "$(group waits).frag_timed_out > 100)" \
	"$(group waits).frag_timed_out <= 600)" "$(group waits).frag_waited > 1000)"
drain
stats_add_up
for g in $all; do
	stop_captures "${g}0" "${g}1" "${g}2"
done
stop_captures wire
# Groups that waited have found each fragment's flow. Of the flood only the addresses are
# known.
check --reference wire waits0 waits1 waits2
check --fragments-apart --reference wire brief0 brief1 brief2
check --fragments-apart --reference wire never0 never1 never2
if "$TOOLS/pfq-check" --reference "$T/pcap/wire.pcap" "$T"/pcap/never?.pcap >/dev/null; then
	fail "without waiting no fragment left its flow: the test shows nothing"
fi

# Members of the kernel engine do not end with pfqd.
[ "$ENGINE" = user ] || { stop_engine; exit 0; }
# When the engine ends, members read the fragments that still wait, in order of time.
PFQ_RECONNECT=no capture end0 pfq@waits
PFQ_RECONNECT=no capture end1 pfq@waits
wait_members waits 2
frames b --kinds frag4,udp4 --headless --one-way --flows 50 --packets 400 --seed 3 --rate 2000
wait_for 10 "600 waiting fragments" ctl_is stats "$(group waits).pending == 600)"
stop_engine
ended end0 10 || true
ended end1 10 || true
for i in 0 1; do
	tcpdump -tt -n -r "$T/pcap/end$i.pcap" 2>/dev/null
	echo end
done | awk '/^end/ { last = 0; next } { records++ } $1 < last { back++ } { last = $1 }
	END {
		printf "%d records, %d older than the one before\n", records, back
		exit records != 800 || back
	}' ||
	fail "not 800 records in order of time"
