#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfqd takes a port for itself by ingest = xdp, with the capabilities and the filters of its unit.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../../lib/tap.sh"
begin
begin_tap
start_unit <<-END
	[group demo]
	device = wire0
	ingest = xdp
	mode = tap
	steer = flow
END
is_tapped || fail "no XDP program: $(ctl status)"
flood_begin 2 500 600
flood_go_on 2
flood_end
stats_add_up
systemctl stop pfqd
is_untapped || fail "the XDP program is left"
nothing_denied
