#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The id of a group is between 1 and 65535.
. "$(dirname "$0")/../lib.sh"
begin
for id in 0 65536 -1 many 4294967338; do
	refuses engine.conf:4 id "$id" 65535 <<-END
	[pfqd]
	socket = $SOCKET
	[group demo]
	id     = $id
	device = lo
	END
done
