#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A file that is missing or is no capture is not replayed, and keeps pfqd neither from starting nor
# from reading its file again. The check, the log and the status name it. A reload does not take
# another one. A file that comes later is replayed.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/hints.sh"
begin
wire_up
head -c 5000 /dev/urandom >"$T/noise.pcap"
: >"$T/empty.pcap"
# a pcapng section without an interface
printf '\12\15\15\12\34\0\0\0\115\74\53\32\1\0\0\0\377\377\377\377\377\377\377\377\34\0\0\0' \
	>"$T/lonely.pcap"
declare -A words=([noise]="allowed: a pcap or pcapng file" [empty]="it is empty"
	[missing]="No such file" [lonely]="a pcapng file that cannot be replayed")

# groups [NAME...]: print group wire, and groups that replay these files
groups()
{
	printf '[group wire]\ndevice = wire0\nsteer = copy\n'
	for name; do
		printf '[group %s]\ningest = file:%s\n' "$name" "$T/$name.pcap"
	done
}

# unused NAME: does group NAME not replay its file?
unused()
{
	# shellcheck disable=SC2016 # a variable of jq
	ctl_is groups --arg g "$1" \
		'.groups[] | select(.name == $g) | .devices[0].state == "unused"'
}

engine_configure < <(groups "${!words[@]}")
"$PFQD" --check "$T/engine.conf" >"$T/check.log" 2>&1 || fail "the check: $(cat "$T/check.log")"
for name in "${!words[@]}"; do
	grep "\[group $name\] ingest: .*$name.pcap\": not usable here now: " "$T/check.log" |
		grep -qF "${words[$name]}" || fail "of $name, the check says: $(cat "$T/check.log")"
done
! "$PFQD" --check --strict "$T/engine.conf" 2>"$T/strict.log" || fail "--strict accepts them"
launch_engine
for name in "${!words[@]}"; do
	wait_for 20 "group $name to be without its file" unused "$name"
	hinted device-unused "group $name does not use file:$T/$name.pcap: "
	grep -qF "$name.pcap: " "$T/engine.err" || fail "the log does not name $name.pcap"
done
capture wire pfq@wire
frames b --kinds udp4 --packets 100

# An unchanged line is no error of a reload, and a new one is.
hang_up < <(groups "${!words[@]}")
! grep 'nothing has changed:' "$T/engine.err" || fail "the reload has failed"
hang_up < <(groups "${!words[@]}" other)
grep -q 'nothing has changed: .*other.pcap": No such file' "$T/engine.err" ||
	fail "a reload takes a missing file: $(tail -n 3 "$T/engine.err")"
! ctl group add other ingest="file:$T/other.pcap" 2>"$T/add.err" || fail "group add takes it"

in_b "$TOOLS/pfq-frames" -w "$T/missing.pcap" --kinds udp4 --packets 10 >/dev/null
wait_for 10 "group missing to have its file" ctl_is groups \
	'.groups[] | select(.name == "missing") | .devices[0].state == "up"'
capture missing pfq@missing
wait_for 10 "the replay" ctl_is groups \
	'.groups[] | select(.name == "missing") | .devices[0].state == "ended"'
drain
stats_add_up all
stop_captures wire missing
[ "$(packets_in missing)" -eq 10 ] || fail "missing has $(packets_in missing) packets, not 10"
[ "$(packets_in wire)" -eq 100 ] || fail "wire has $(packets_in wire) packets, not 100"
stop_engine
