#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A device has a link type that is not supported, or another one than the group. Like an
# absent device, it prevents neither the group's start nor the use of its other devices. Log
# and status say that it is not used, and why.
. "$(dirname "$0")/../lib.sh"
begin
need "$TOOLS/pfq-tun"
[ -e /dev/net/tun ] || modprobe -q tun || skip "this kernel has no tun devices"
wire_up

# tuns TYPE...: make a tun of each type
tuns()
{
	background "tun$1" ip netns exec "$NS_A" "$TOOLS/pfq-tun" "$@"
	wait_for 5 "tuns of types $*, see tun$1.err" grep -q ready "$T/tun$1.out"
}

# unused GROUP DEVICE WORD: status and group show the device as unused, and WORD in the
# reason
unused()
{
	# shellcheck disable=SC2016 # variables of jq
	ctl_is groups --arg g "$1" --arg d "$2" --arg w "$3" \
		'.groups[] | select(.name == $g) | .devices[] | select(.name == $d) |
		.state == "unused" and (.why | contains($w))' || return 1
	# The kernel engine's status lists its hooks, and this device has none.
	# shellcheck disable=SC2016
	[ "$ENGINE" = kernel ] || ctl_is status --arg d "$2" \
		'[.sources[] | select(.device == $d) | .state] == ["unused"]'
}

tuns 512
engine_configure <<END
[group demo]
id     = 1
device = tun512, wire0
steer  = copy
[group only]
id     = 2
device = tun512
[group mixed]
id     = 3
device = wire0, tun65534
steer  = copy
END
"$PFQD" --check "$T/engine.conf" || fail "pfqd --check refuses the device"
launch_engine
wait_for 20 "the engine" unused demo tun512 \
	"PPP (ARPHRD_PPP, 512), is one that libpcap captures cooked"
unused only tun512 "cooked (LINUX_SLL): not supported; allowed: Ethernet, raw IP" ||
	fail "$(ctl groups --json)"
ctl groups only | grep -q '^tun512 is not used: its link type, that of PPP' ||
	fail "$(ctl groups only)"
application_refused pfq@mixed:tun65534 tun65534
application_refused pfq@demo:tun512 "cooked (LINUX_SLL)"
application_refused pfq:tun512 "cooked (LINUX_SLL)"
capture demo pfq@demo
capture mixed pfq@mixed
tuns 65534
wait_for 10 "tun65534 to be left out" unused mixed tun65534 "its link type is"
frames b --kinds udp4 --packets 50
kill -USR1 "${PID[tun65534]}"
drain
stats_add_up all
stop_captures demo mixed
for name in demo mixed; do
	[ "$(packets_in $name)" -eq 50 ] || fail "$name has $(packets_in $name) packets, not 50"
done
if [ "$ENGINE" = user ]; then
	grep -q 'tun512: its link type, .*; it is not used' "$T/engine.err" ||
		fail "the log does not say why the device is not used"
	grep -q 'group mixed: tun65534 is not used: its link type is raw IP' "$T/engine.err" ||
		fail "the log does not say why tun65534 is not used"
	! grep 'tun.* is bound' "$T/engine.err" || fail "the log says that the device is bound"
fi
stop_engine
