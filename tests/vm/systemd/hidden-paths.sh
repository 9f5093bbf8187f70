#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfqd refuses a file or a socket that its unit hides, and names the setting of the unit.
. "$(dirname "$0")/lib.sh"
begin
wire_up
file=/home/pfq-$$.pcap
"$TOOLS/pfq-frames" -w "$file" --kinds udp4 --packets 10 >/dev/null
chmod 644 "$file"

unit_configure <<<$'[group g]\ningest = file:'"$file"
unit_refused "outside of the view of pfqd's unit: ProtectHome="
for folder in /tmp /var/tmp; do
	SOCKET=$folder/pfqd.sock
	unit_configure <<<$'[group g]\ndevice = wire0'
	unit_refused "socket $SOCKET: outside of the view of pfqd's unit: PrivateTmp="
done
SOCKET=/srv/pfqd.sock
unit_configure <<<$'[group g]\ndevice = wire0'
unit_refused "pfqd's unit lets pfqd only read it: ProtectSystem="

# Elsewhere, pfqd replays the same file.
mv "$file" /srv/replay.pcap
SOCKET=/run/pfqd/pfqd.sock
start_unit <<<$'[group g]\ningest = file:/srv/replay.pcap\nmembers = 1'
capture replay pfq@g
drain
stop_captures replay
[ "$(packets_in replay)" -eq 10 ] || fail "the replay has $(packets_in replay) packets"
rm /srv/replay.pcap
nothing_denied
