#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfqctl status names a device whose offloads join packets, with the command that ends it. It does
# so only in the engine's network namespace, where the device's name means this device.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/hints.sh"
begin
need ethtool
wire_up
start_group demo
not_hinted super-packets
in_a ethtool -K wire0 gro on >/dev/null 2>&1 || skip "this kernel's veth has no GRO"
hinted super-packets "group demo gets packets that are longer than on the wire, because device \
wire0 joins received packets (gro): for a sensor, ethtool -K wire0 gro off"
in_a ethtool -K wire0 tx on tso on >/dev/null 2>&1 || skip "this kernel's veth has no TSO"
hinted super-packets "received packets (gro) and sent packets (tso): for a sensor, ethtool -K \
wire0 gro off tso off"

# another device of this name, which joins packets: the engine of the kernel shows no group there
ip -n "$NS_B" link add wire0 type veth peer name wire0-peer
in_b ethtool -K wire0 tso on >/dev/null 2>&1 || true
in_a ethtool -K wire0 gro off tso off >/dev/null
in_b "$PFQCTL" --json status | jq -e 'all(.hints[]; .hint != "super-packets")' >/dev/null ||
	fail "a pfqctl in another namespace asks about the device of this name there"
in_a ethtool -K wire0 gro on tso on >/dev/null

# the command that the hint names
command=$(ctl status --json | jq -r '.hints[] | select(.hint == "super-packets").text')
command=${command##*: for a sensor, }
# shellcheck disable=SC2086 # a command and its arguments
in_a $command
not_hinted super-packets
stop_engine
