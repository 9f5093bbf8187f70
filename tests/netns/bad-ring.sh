#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# An invalid ring size is refused and harms no other member. A ring size above the limit is
# reduced.
#
# Alone: the engine clears gigabytes, and a program waits for that for 5 s
. "$(dirname "$0")/../lib.sh"
begin
wire_up
start_group demo steer=copy
capture good pfq@demo
wait_members demo 1
memory=$(engine_memory_kib)
PFQ_RING=4096G application_refused pfq@demo PFQ_RING 4096G 1024G
PFQ_RING=many application_refused pfq@demo PFQ_RING many
PFQ_RING=-1 application_refused pfq@demo PFQ_RING -1
wait_for 20 "the engine to free what a refused ring had" engine_keeps_at_most $((memory + 16384))
frames b --kinds udp4 --packets 100
drain
stop_captures good
max=$(engine_ring_max)
PFQ_RING=1000G capture large pfq@demo
wait_members demo 1
# shellcheck disable=SC2016 # jq's variable
ctl_is endpoints --argjson max "$max" '[.endpoints[].ring_bytes] == [$max]' ||
	fail "not a ring of $max bytes: $(ctl endpoints)"
stop_captures large
[ "$(packets_in good)" -eq 100 ] || fail "the other member lost packets"
stop_engine
refuses engine.conf:6 ring 64K 1G <<END
[pfqd]
socket = $SOCKET
[group demo]
id     = 42
device = wire0
ring   = 20G
END
