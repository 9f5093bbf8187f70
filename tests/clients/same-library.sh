#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Our library can replace the system's. Both have the same soname, exported symbols,
# versions and needed libraries, and tcpdump -D lists the same devices. A program that uses
# no pfq device loads no other library of ours.
#
# Alone: it measures how long a program waits
. "$(dirname "$0")/lib.sh"
clients_begin
need readelf nm
[ "$(built_release)" = "$(system_release)" ] ||
	skip "libpcap $(built_release) was built, the system has $(system_release)"

ours=$T/lib/libpcap.so.0.8
system=$SYSTEM_DIR/libpcap.so.0.8

# same WHAT COMMAND...: the command prints the same for both libraries; {} stands for the
# library
same()
{
	local what=$1

	shift
	"${@//\{\}/$system}" >"$T/system.$what"
	"${@//\{\}/$ours}" >"$T/ours.$what"
	[ -s "$T/ours.$what" ] || fail "$what: the output is empty"
	diff -u "$T/system.$what" "$T/ours.$what" >"$T/$what.err" ||
		fail "$what differs: $(cat "$T/$what.err")"
	echo "$what: $(wc -l <"$T/ours.$what") lines, the same"
}

dynamic()
{
	readelf -d "$2" | sed -nE "s/.*\($1\).*(\[.*\])/\1/p"
}

symbols()
{
	nm -D --with-symbol-versions --defined-only "$1" | cut -d ' ' -f 2-
}

same soname dynamic SONAME '{}'
same needed dynamic NEEDED '{}'
same symbols symbols '{}'
for path in RPATH RUNPATH; do
	[ -z "$(dynamic $path "$ours")" ] || fail "our library has a $path"
done

# devices LIBRARY: print the devices that tcpdump lists
devices()
{
	local which=system

	[ "$1" = "$system" ] || which=ours
	with $which in_a "$TCPDUMP" -D
}
export PFQ_SOCKET=$T/nobody.sock
same devices devices '{}'

# loads COMMAND...: print which of our libraries the command loads
loads()
{
	with ours in_a env LD_DEBUG=files "$@" 2>&1 | sed -nE 's/.*calling init: (.*)/\1/p' |
		grep -E 'libpcap|libpfq' | sort -u
}
[ "$(loads "$TCPDUMP" -D)" = "$ours" ] || fail "tcpdump -D loads $(loads "$TCPDUMP" -D)"
[ "$(loads timeout 1 "$TCPDUMP" -i lo -c 1 || true)" = "$ours" ] || fail "tcpdump -i lo loads more"

# With an engine tcpdump -D lists the same devices, and then the groups.
PFQ_SOCKET=$SOCKET
start_lo_engine
with ours in_a "$TCPDUMP" -D >"$T/groups"
head -n "$(wc -l <"$T/ours.devices")" "$T/groups" | cmp - "$T/ours.devices" ||
	fail "the groups are not listed after the devices: $(cat "$T/groups")"
next=$(($(wc -l <"$T/ours.devices") + 1))
[ "$(tail -n +$next "$T/groups")" = \
	"$next.pfq@ids (pfq group 42: lo, flow, 0 members) [none]" ] ||
	fail "the group is not listed: $(cat "$T/groups")"

# tcpdump waits for at most a second for an engine that does not answer.
kill -STOP "${PID[engine]}"
begun=$(date +%s%N)
with ours in_a "$TCPDUMP" -D >"$T/stopped"
took_ms=$((($(date +%s%N) - begun) / 1000000))
kill -CONT "${PID[engine]}"
cmp "$T/stopped" "$T/ours.devices" || fail "tcpdump -D differs while the engine is stopped"
[ $took_ms -lt 2500 ] || fail "tcpdump -D took $took_ms ms while the engine was stopped"
stop_engine
