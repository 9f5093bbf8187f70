#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Members leave or crash, and an engine ends or crashes: no descriptor, memory, socket, file
# or promiscuity remains.
. "$(dirname "$0")/../lib.sh"
begin
wire_up

packet_sockets()
{
	in_a awk 'NR > 1' /proc/net/packet | wc -l
}

is_promiscuous()
{
	[ "$(promiscuity)" -ge 1 ]
}

# left_nothing WHEN: the engine has left no state on the wire
left_nothing()
{
	[ "$(promiscuity)" -eq 0 ] || fail "$1: the device is still promiscuous"
	[ "$(packet_sockets)" -eq 0 ] || fail "$1: packet sockets are left"
}

run_once()
{
	start_group demo steer=flow promisc=yes
	wait_for 2 "promiscuous mode by promisc = yes" is_promiscuous
}

left_nothing "before"
run_once
capture first pfq@demo
wait_members demo 1
stop_captures first
wait_members demo 0
fds=$(engine_fds_at_rest)
memory=$(engine_memory_kib)
for i in 1 2 3 4 5 6; do
	capture "leaves$i" pfq@demo
	capture "dies$i" pfq@demo
	wait_members demo 2
	frames b --kinds udp4 --packets 100
	kill -KILL "${PID[dies$i]}"
	ended "dies$i" || true
	stop_captures "leaves$i"
	wait_members demo 0
done
wait_for 5 "$fds descriptors in the engine again" engine_has_fds "$fds"
# Twelve rings of tens of MiB were made and freed.
wait_for 20 "the engine to free the rings" engine_keeps_at_most $((memory + 16384))
stats_add_up
stop_engine
left_nothing "after a clean end"
[ ! -e "$SOCKET" ] || fail "the socket's file still exists"

run_once
PFQ_RECONNECT=no capture last pfq@demo
wait_members demo 1
crash_engine
# A member of the kernel engine goes on without pfqd.
[ "$ENGINE" = user ] || stop_captures last
left_nothing "after a crash"
[ "$ENGINE" = kernel ] || ! ended last 10 || fail "a tcpdump without its engine ended well"
# The crashed engine's socket file does not stop the next engine.
run_once
stop_engine
left_nothing "at last"
