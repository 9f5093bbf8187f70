#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# bench-read waits until a given number of packets is unread, or for a line on its standard
# input, and then reads exactly these packets. The test does this on a device and on a
# group, with one lane and with two. With --live it reads packets as they arrive.
#
# Alone: it measures how long packets take
. "$(dirname "$0")/../lib.sh"
begin
READ=$PFQ_BUILD/bench/bench-read
need "$READ"
wire_up

# reading NAME ARGUMENT...: start bench-read and wait until it is ready
reading()
{
	local name=$1

	shift
	background "$name" ip netns exec "$NS_A" env LD_LIBRARY_PATH="$PRELOAD" "$READ" "$@"
	wait_for 10 "bench-read $name, see $name.err" grep -q ready "$T/$name.err"
}

# has_read NAME N EXPRESSION...: it ends well and has read N packets
has_read()
{
	local name=$1 n=$2

	shift 2
	ended "$name" 10 || fail "$name: status $?: $(cat "$T/$name.out" "$T/$name.err")"
	tail -n 1 "$T/$name.out" >"$T/stats.json"
	stat_is '.type == "read"' ".packets == $n and .waiting == $n and .dropped == 0" \
		'.cpu_ns > 0 and .wall_ns > 0 and .calls > 0' "$@"
}

# shellcheck disable=SC2034 # WORKERS is of lib/engine.sh
for WORKERS in 1 2; do
	start_group share ring=64M
	PRELOAD='' reading stock -i wire0 -B 64M -c 3000
	PRELOAD=$T/lib reading ours -i pfq@share -c 3000
	frames b --kinds udp4,tcp4,udp6,arp --packets 3000 --flows 200
	has_read stock 3000
	has_read ours 3000
	stop_engine
done

# begun NAME ARGUMENT...: start bench-read on the system's libpcap. A line on descriptor 9
# starts a round.
begun()
{
	local name=$1

	shift
	mkfifo "$T/lines.$name"
	background "$name" sh -c "exec ip netns exec $NS_A '$READ' $* <'$T/lines.$name'"
	exec 9>"$T/lines.$name"
	wait_for 10 "bench-read $name, see $name.err" grep -q ready "$T/$name.err"
}

begun rounds -i wire0 -B 64M --rounds 2
for n in 500 700; do
	frames b --kinds udp4 --packets $n --flows 20
	echo begin >&9
	wait_for 5 "the round of $n" grep -q "\"packets\":$n," "$T/rounds.out"
done
has_read rounds 700
[ "$(wc -l <"$T/rounds.out")" -eq 2 ] || fail "not two rounds: $(cat "$T/rounds.out")"
exec 9>&-

# --live: bench-read reads all packets as they arrive. If one is missing, it ends after some
# time.
start_group share
for want in 3000 3001; do
	PRELOAD='' reading stock$want -i wire0 -B 64M --live -c $want
	PRELOAD=$T/lib reading ours$want -i pfq@share --live -c $want
	frames b --kinds udp4,tcp4,udp6,arp --packets 3000 --flows 200
	for name in stock$want ours$want; do
		status=0
		ended "$name" 10 || status=$?
		[ $status -eq $((want == 3000 ? 0 : 3)) ] || fail "--live -c $want: status $status"
		tail -n 1 "$T/$name.out" >"$T/stats.json"
		stat_is '.type == "live"' ".packets == 3000 and .expected == $want" '.cpu_ns > 0'
	done
done
stop_engine

# Packets without room in the ring are counted as dropped. bench-read does not wait for
# them.
begun small -i wire0 -B 2M
frames b --kinds udp4 --packets 30000 --flows 20
echo begin >&9
ended small 10 || fail "small: status $?: $(cat "$T/small.out")"
tail -n 1 "$T/small.out" >"$T/stats.json"
stat_is '.packets == .waiting' '.dropped > 0' '.packets + .dropped == 30000'
exec 9>&-
