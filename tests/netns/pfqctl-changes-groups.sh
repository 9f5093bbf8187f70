#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfqctl group add, set and del, bind and unbind change a running engine with the checks and texts
# of pfqd.conf; pfqctl reload goes back to the file. Only root may.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
wire_add more0 more1
ip -n "$NS_A" link set more0 up
ip -n "$NS_B" link set more1 up
start_group demo steer=flow
capture demo pfq@demo
wait_members demo 1

# ctl_says TEXT ARGUMENT...: the command succeeds and prints TEXT
ctl_says()
{
	local text=$1 said

	shift
	said=$(ctl "$@") || fail "pfqctl $* fails: $said"
	[ "$said" = "$text" ] || fail "pfqctl $* prints \"$said\", not \"$text\""
}

# ctl_fails TEXT ARGUMENT...: the command fails, its error has TEXT, and no group has changed
ctl_fails()
{
	local text=$1 said status=0 before

	shift
	before=$(ctl groups --json | jq -c '.groups[] | del(.counters)')
	said=$(in_a ${AS_NOBODY:+setpriv --reuid=nobody --regid=nogroup --clear-groups} \
		"${PFQCTL_FOR_ALL:-$PFQCTL}" "$@" 2>&1) || status=$?
	[ $status -eq 1 ] || fail "pfqctl $*: status $status: $said"
	grep -qF -e "$text" <<<"$said" || fail "pfqctl $*: \"$text\" is not in: $said"
	[ "$(ctl groups --json | jq -c '.groups[] | del(.counters)')" = "$before" ] ||
		fail "pfqctl $* has changed a group"
}

# group_is NAME EXPRESSION: is this true of the group in the JSON of pfqctl groups?
group_is()
{
	# shellcheck disable=SC2016 # a variable of jq
	ctl_is groups --arg g "$1" ".groups[] | select(.name == \$g) | $2" ||
		fail "group $1: $2 is not true"
}

ctl_says "group new is new" group add new device=more0 steer=copy 'filter=udp or arp'
group_is new '.bindings == "more0" and .steer == "copy" and .filter == "udp or arp"'
ctl_fails '[group new] this group exists already' group add new device=more0
ctl_fails '[group x] steer: "sideways" is not allowed here; allowed: ' \
	group add x device=lo steer=sideways
ctl_fails '[group x] device: is missing; name a device' group add x steer=flow
ctl_fails '[group x] id: 42 is the id of [group demo]; allowed: one that no other group has' \
	group add x device=lo id=42

ctl group set demo members=2 ring=1M >"$T/set.out"
cat >"$T/wanted" <<-END
	group demo: members is 2 now, and was 0
	group demo: ring is 1M now, and was 64M; members that join from now on get it
END
# the module does not tell pfqd about its members
[ "$ENGINE" = kernel ] || ctl endpoints --json | jq -r '.endpoints[0] |
	"group demo: endpoint \(.id) (\(.comm), process \(.pid)) keeps its ring of 65536 KiB " +
	"until it joins again"' >>"$T/wanted"
diff "$T/wanted" "$T/set.out" || fail "pfqctl group set says something else"
ctl_says "group demo: members is 0 now, and was 2" group set 42 members=
ctl_fails '[group demo] filter: "not a filter" is not a pcap expression' \
	group set demo 'filter=not a filter'
ctl_fails 'pfqd.conf and group add have made no such group' group set none steer=flow

ctl_says "group demo: device is wire0,more0 now, and was wire0" bind demo more0
frames b --packets 100
in_b "$TOOLS/pfq-frames" -i more1 --packets 300 --seed 2 >/dev/null
drain
ctl_says "group demo: device is more0 now, and was wire0,more0" unbind demo wire0
frames b --packets 500 --seed 3
in_b "$TOOLS/pfq-frames" -i more1 --packets 700 --seed 4 >/dev/null
drain
ctl_fails 'device: "wire0" is not bound like this; allowed: one of more0' unbind demo wire0
stop_captures demo
[ "$(packets_in demo)" -eq 1100 ] || fail "$(packets_in demo) of 1100 packets were captured"

PFQ_RECONNECT=no capture late pfq@new
wait_members new 1
ctl_says "group new is removed" group del new
status=0
ended late 10 || status=$?
[ "$status" -ne 0 ] || fail "the member of the removed group ended as if nothing had happened"
ctl -j reload >"$T/reload.json"
jq -e '.changes == ["group demo: device is wire0 now, and was more0",
	"group demo: ring is 64M now, and was 1M; members that join from now on get it"]' \
	"$T/reload.json" >/dev/null || fail "pfqctl -j reload prints $(cat "$T/reload.json")"
ctl_says "nothing has changed" reload

PFQCTL_FOR_ALL=$(for_all "$PFQCTL")
export LD_LIBRARY_PATH=$T/lib
only_root="only root may change or save the configuration of pfqd"
AS_NOBODY=1 ctl_fails "$only_root" reload
AS_NOBODY=1 ctl_fails "$only_root" group set demo steer=copy
AS_NOBODY=1 ctl_fails "$only_root" save
stop_engine
