#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# PFQ_GROUP names a group of an engine in another network namespace. There, the device of the same
# name is another one, so the device stays ordinary, and the program is warned. With the kernel
# engine, the group does not exist in this namespace, which is an error.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/warned.sh"
begin
wire_up
need "$TOOLS/pfq-opens"
start_group demo steer=copy
wire_add twin0 wire0
ip -n "$NS_B" link set wire0 up
export PFQ_GROUP=demo
silent wire0 in_a
if [ "$ENGINE" = kernel ]; then
	opens wire0 in_b
	grep -qF 'activate -1 PFQ_GROUP=demo: there is no group demo' "$T/opens.out" ||
		fail "no error: $(cat "$T/opens.out")"
else
	stays="is set, but wire0 stays an ordinary device: the engine is in another network"
	warned wire0 "PFQ_GROUP $stays" in_b
	unset PFQ_GROUP
	export PFQ_wire0=1
	warned wire0 "PFQ_wire0 $stays" in_b
fi
ctl_is endpoints '.endpoints == []' || fail "it has joined: $(ctl endpoints --json)"
stop_engine
