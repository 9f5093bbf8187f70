#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Groups bound to different queues of a device divide its packets between them.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
start_engine <<END
[group low]
id     = 1
device = wire0/0-1
steer  = copy

[group high]
id     = 2
device = wire0/2,wire0/3
steer  = copy
END
reference wire wire0
capture low pfq@low
capture high pfq@high
wait_members low 1
wait_members high 1
# Received packets are spread: the sender's device chooses a queue for each flow.
frames b --kinds udp4,tcp4,udp6,tcp6 --packets 4000 --flows 400 --one-way --rate 30000
drain
stats_add_up all
stop_captures low high wire
check --reference wire low high
for name in low high; do
	[ "$(packets_in $name)" -gt 100 ] || fail "group $name got almost no packets"
done
stop_engine
