#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The comparison: measures pfq and its peers on one wire, in one run, round after round.
# README.md in this folder says what is measured, and how.
set -eu
export LC_ALL=C

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SRC=$(dirname "$HERE")
TABLE=$HERE/compare/subjects
PARTS="table rate size delay read stopped idle shunt costly core"
T=
PARTS_ASKED=

. "$SRC/tests/lib/say.sh"
. "$SRC/tests/lib/process.sh"
. "$SRC/tests/lib/costly.sh"
. "$HERE/compare/machine.sh"
. "$HERE/compare/wire.sh"
. "$HERE/compare/subject.sh"
. "$HERE/compare/options.sh"
. "$HERE/compare/part.sh"
. "$HERE/compare/single.sh"
. "$HERE/compare/consumers.sh"
. "$HERE/compare/stopped.sh"
. "$HERE/compare/idle.sh"
. "$HERE/compare/shunt.sh"
. "$HERE/compare/costly.sh"
. "$HERE/compare/core.sh"
. "$HERE/compare/plot.sh"
. "$HERE/compare/report.sh"

clean_up()
{
	local status=$? pid

	# A second signal must not interrupt the cleanup: timeout(1) sends two.
	trap '' INT TERM HUP
	trap - EXIT
	set +e
	exec 2>/dev/null
	for pid in $LISTENER $ENGINE $AWAKE; do
		kill -KILL "$pid"
	done
	wire_down
	wait
	[ -z "$T" ] || rm -rf "$T"
	exit "$status"
}

needs()
{
	local tool part

	[ "$(id -u)" -eq 0 ] || skip "making network namespaces needs root"
	need ip ethtool jq taskset chrt lscpu timeout
	CAPTOP=$BUILD/tools/captop/captop GEN=$BUILD/tools/gen/pfq-gen
	LIBRARIES=$BUILD/libpcap-pfq/stage/pfq:$BUILD/lib/.libs
	for tool in "$CAPTOP" "$GEN" "$BUILD/bench/peer-xsk" "$BUILD/pfqd/pfqd" \
		"$BUILD/tools/pfqctl/pfqctl" "$BUILD/libpcap-pfq/stage/pfq/libpcap.so.0.8"; do
		[ -x "$tool" ] || [ -f "$tool" ] ||
			skip "$tool is not built: run make; it needs libbpf, libxdp and the" \
				"libpcap of this project"
	done
	# Refuse an unknown part now, and not after the parts before it are measured.
	for part in $PARTS; do
		case $part in
		delay | read | core)
			[ -x "$BUILD/bench/bench-$part" ] ||
				skip "$BUILD/bench/bench-$part is not built: run make"
			;;
		shunt)
			[ -x "$BUILD/bench/bench-sensor" ] &&
				[ -x "$BUILD/tests/tools/pfq-frames" ] ||
				skip "bench-sensor or pfq-frames is not built: run make"
			;;
		esac
	done
	[ "$(nproc --all)" -gt 1 ] ||
		skip "this machine has one CPU: the generator and the consumers need one each"
}

options_read "$@"
needs
trap clean_up EXIT
trap 'interrupted 130' INT
trap 'interrupted 143' TERM HUP
BEGUN=$SECONDS
T=$(mktemp -d "${TMPDIR:-/tmp}/pfq-bench.XXXXXX")
SOCKET=$T/pfqd.sock
report_begin
KIND=none
wire_begin
for part in $PARTS; do
	part_run "$part"
done
wire_down
note "the measurement took $((SECONDS - BEGUN)) seconds"
report_all
