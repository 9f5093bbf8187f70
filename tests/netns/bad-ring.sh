#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A ring larger than the memory there is is refused, and harms nobody.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
start_engine <<END
[group demo]
id     = 42
device = wire0
steer  = copy
END
capture good pfq@demo
wait_members demo 1
memory=$(engine_memory_kib)
PFQ_RING=1000G application_refused pfq@demo ring
PFQ_RING=4096G application_refused pfq@demo PFQ_RING 4096G 1024G
PFQ_RING=many application_refused pfq@demo PFQ_RING many
PFQ_RING=-1 application_refused pfq@demo PFQ_RING -1
[ $(($(engine_memory_kib) - memory)) -lt 16384 ] || fail "the engine kept memory of a refused ring"
frames b --kinds udp4 --packets 100
drain
stop_captures good
[ "$(packets_in good)" -eq 100 ] || fail "the other member lost packets"
stop_engine
refuses engine.conf:6 ring <<END
[pfqd]
socket = $SOCKET
[group demo]
id     = 42
device = wire0
ring   = 4096G
END
