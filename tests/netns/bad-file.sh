#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A file that is missing or is no capture is refused, and the error names it.
. "$(dirname "$0")/../lib.sh"
begin
head -c 5000 /dev/urandom >"$T/noise.pcap"
: >"$T/empty.pcap"
# a pcapng section without an interface
printf '\12\15\15\12\34\0\0\0\115\74\53\32\1\0\0\0\377\377\377\377\377\377\377\377\34\0\0\0' \
	>"$T/lonely.pcap"
for name in noise empty missing lonely; do
	case $name in
	noise) word="allowed: a pcap or pcapng file" ;;
	empty) word="it is empty" ;;
	missing) word="No such file" ;;
	lonely) word="a pcapng file that cannot be replayed" ;;
	esac
	refuses "$name.pcap" "$word" <<-END
	[pfqd]
	socket = $SOCKET
	[group demo]
	id     = 42
	ingest = file:$T/$name.pcap
	END
done
