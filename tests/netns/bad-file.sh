#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A file that is no capture, or is not there, is refused by name.
. "$(dirname "$0")/../lib.sh"
begin
head -c 5000 /dev/urandom >"$T/noise.pcap"
: >"$T/empty.pcap"
for name in noise empty missing; do
	refuses "$name.pcap" <<-END
	[pfqd]
	socket = $SOCKET
	[group demo]
	id     = 42
	ingest = file:$T/$name.pcap
	END
done
