#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A tapped device cannot serve another ingest, in the configuration or for a program. Groups
# may divide its queues, and the host keeps the other queues.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/tap.sh"
begin
begin_tap

# tap_refuses WORD... <<KEYS: a group with these keys is refused
tap_refuses()
{
	printf '[pfqd]\nsocket = %s\n[group demo]\ndevice = wire0/0-1\n%s\n' "$SOCKET" "$(cat)" |
		refuses "$@"
}

tap_refuses engine.conf:5 mode sniff "allowed: tap" <<<'ingest = xdp'
tap_refuses engine.conf:6 mode sniff "allowed: tap" <<<$'ingest = xdp\nmode = sniff'
tap_refuses engine.conf:5 mode tap packet "ingest = xdp" <<<'mode = tap'
tap_refuses engine.conf:7 direction out "inout, in" <<<$'ingest = xdp\nmode = tap\ndirection = out'
tap_refuses engine.conf:8 device wire0 demo "line 4" "same ingest" <<-END
	ingest = xdp
	mode = tap
	[group other]
	device = wire0/3
END
tap_refuses engine.conf:8 device wire0 demo "same queues" <<-END
	ingest = xdp
	mode = tap
	[group other]
	device = lo, wire0/1-2
	ingest = xdp
	mode = tap
END

start_engine <<END
[group low]
id     = 1
device = wire0/0-1
ingest = xdp
mode   = tap
steer  = copy

[group high]
id     = 2
device = wire0/3
ingest = xdp
mode   = tap
direction = in
steer  = copy
END
sent_reference wire
reference host wire0 -Q in
capture low pfq@low
capture high pfq@high
application_refused pfq:wire0 wire0 tapped
application_refused pfq@own:wire0/2 wire0 tapped
application_refused pfq@low:wire0/2-3 wire0 taps
ip -n "$NS_A" link property add dev wire0 altname other-name-of-wire0
application_refused pfq:other-name-of-wire0 tapped
application_refused pfq@own:other-name-of-wire0/2 tapped
application_refused pfq@low:other-name-of-wire0/2-3 taps "same name"
wait_members low 1
wait_members high 1
frames b --kinds udp4,tcp4,udp6,tcp6 --packets 4000 --flows 400 --one-way --rate 20000
drain
stats_add_up all
nothing_lost
stop_captures low high host wire
check --reference wire low high host
for name in low high host; do
	[ "$(packets_in $name)" -gt 100 ] || fail "$name got almost no packets"
done
stop_engine

# a queue that does not exist
engine_configure <<END
[group demo]
id     = 42
device = wire0/2-5
ingest = xdp
mode   = tap
END
launch_engine
wait_for 20 "the group to be without wire0" \
	ctl_is groups '.groups[0].devices[0].state == "unused"'
grep -q "wire0 has no queue 4: it has 4" "$T/engine.err" ||
	fail "the error does not name the missing queue: $(cat "$T/engine.err")"
is_untapped || fail "a program is on wire0"
stop_engine
