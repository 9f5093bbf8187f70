#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfqd --check tells which devices could not be used now, and why; with --strict, these are errors.
# A file without groups is told, too.
. "$(dirname "$0")/../lib.sh"
begin
need ethtool "$TOOLS/pfq-tun"
[ -e /dev/net/tun ] || modprobe -q tun || skip "this kernel has no tun devices"
wire_up
ip -n "$NS_A" link property add dev wire0 altname second0 || skip "no alternative names here"
background tun ip netns exec "$NS_A" "$TOOLS/pfq-tun" 512 519
wait_for 5 "the tuns, see tun.err" grep -q ready "$T/tun.out"

# checks STATUS [OPTION...]: run pfqd --check with engine.conf; its output goes to check.log
checks()
{
	local status=0

	in_a "$PFQD" --check "$T/engine.conf" "${@:2}" >"$T/check.log" 2>&1 || status=$?
	[ $status -eq "$1" ] || fail "pfqd --check ${*:2}: status $status: $(cat "$T/check.log")"
}

# tells REASON LINE...: a group with these lines has one device that cannot be used, for this reason
tells()
{
	local word=$1

	shift
	printf '%s\n' '[group a]' 'device = wire0/0-3' '[group bad]' "$@" | engine_configure
	checks 0
	grep -q "engine.conf:[0-9]*: \[group bad\] device: \".*\" is not usable here now: .*$word" \
		"$T/check.log" || fail "\"$word\" is not in: $(cat "$T/check.log")"
	[ "$(grep -c 'not usable' "$T/check.log")" -eq 1 ] || fail "$(cat "$T/check.log")"
	grep -q 'engine.conf: valid, 2 groups$' "$T/check.log" || fail "it is not valid"
	checks 1 --strict
	! grep -q valid "$T/check.log" || fail "with --strict it is valid: $(cat "$T/check.log")"
}

tells "device wire0 has no queue 4: it has 4 receive queues" "device = wire0/2-4"
tells 'it is the same device as "wire0"; allowed: each device once' "device = wire0, second0"
tells "its link type is raw IP, that of wire0 is Ethernet" "device = wire0, tun519"
tells "cooked (LINUX_SLL)" "device = tun512"
tells "the filter does not fit it: .*ethernet addresses" \
	"device = tun519" "filter = ether host 1:2:3:4:5:6"
engine_configure < <(printf '[group a]\ndevice = wire0\ningest = xdp\nmode = tap\n')
if in_a "$PFQD" --check "$T/engine.conf" >"$T/built.log" 2>&1; then
	tells 'it is the same device as "wire0" of \[group a\], and one of them is tapped' \
		"device = second0" "ingest = xdp" "mode = tap"
fi

engine_configure < <(printf '[group a]\ndevice = wire0/0-1\n[group b]\ndevice = second0/2-3\n')
checks 0 --strict
! grep 'not usable\|no group' "$T/check.log" || fail "what can be used is told"
engine_configure </dev/null
checks 0 --strict
grep -q 'engine.conf: it has no group' "$T/check.log" || fail "the check does not tell: no group"
