#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# An impossible device name is refused, both in the configuration and from a program.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
for device in "$(printf "v%.0s" {1..128})" wire0/x wire0/3-1 wire0/99999 ..; do
	refuses engine.conf:5 device "\"${device:0:64}" <<-END
	[pfqd]
	socket = $SOCKET
	[group demo]
	id     = 42
	device = $device
	END
done
start_group demo
application_refused pfq:nosuch0 nosuch0
application_refused pfq:wire0/x wire0/x
application_refused pfq@nosuch nosuch
application_refused pfq@ '"" is no group'
stop_engine
