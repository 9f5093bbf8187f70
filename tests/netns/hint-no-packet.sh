#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfqctl status names a group whose device is up and has brought no packet for some seconds, and a
# group that refuses all of its packets.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/hints.sh"
begin
wire_up
start_engine <<END
[group demo]
device = wire0
[group picky]
device = wire0
filter = tcp
END
capture reader pfq@demo
wait_members demo 1
wait_for 10 "hint no-packet" has_hint no-packet "group demo has got no packet from wire0 yet"
lacks_hint refuses-all || fail "a group without packets refuses them"
frames b --kinds udp4 --packets 10
not_hinted no-packet
hinted refuses-all "group picky has refused all 10 packets by its filter, VLAN list or program"
ctl_is status '[.hints[] | select(.hint == "refuses-all").group] == ["picky"]' ||
	fail "demo does not refuse packets: $(ctl status)"
frames b --kinds tcp4 --packets 10
not_hinted refuses-all
stop_captures reader
stop_engine
