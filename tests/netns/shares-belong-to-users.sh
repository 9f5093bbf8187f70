#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Another user may not take the share of a member that left. Root and the same user may.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/shares.sh"
begin
wire_up
start_group demo steer=flow linger=600s "access=root:root 0666"
PFQ_NAME=mine capture first pfq@demo
wait_members demo 1
stop_captures first
shares_away 1
AS_NOBODY=1 PFQ_NAME=mine application_refused pfq@demo PFQ_NAME "keeps the share" \
	"choose another"
PFQ_NAME=mine capture again pfq@demo
wait_members demo 1
shares_away 0
stop_captures again
stop_engine
