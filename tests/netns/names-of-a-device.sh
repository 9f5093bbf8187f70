#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# All names of a device mean the same device: the first name, short and long alternative
# names, a name added later, a name in another language, and a name that no list can hold. A
# bound device stays bound when it is renamed.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
long=uplink-$(printf 'v%.0s' {1..113})-in-all
ip -n "$NS_A" link property add dev wire0 altname short0 || skip "no alternative names here"
ip -n "$NS_A" link property add dev wire0 altname "$long"

engine_configure <<END
[group first]
id     = 1
device = wire0
steer  = copy
[group long]
id     = 2
device = $long
steer  = copy
[group later]
id     = 3
device = later0/0-3
steer  = copy
[group odd]
id     = 4
device = ödd0
steer  = copy
END
launch_engine

# device_is GROUP STATE NAME WRITTEN: check the device of GROUP
device_is()
{
	# shellcheck disable=SC2016 # variables of jq
	ctl_is groups --arg g "$1" --arg s "$2" --arg n "$3" --arg w "$4" \
		'.groups[] | select(.name == $g) | .devices == [.devices[0]] and
		(.devices[0] | .state == $s and .name == $n and
			(if .written == "" then .name else .written end) == $w)'
}

wait_for 20 "group first to be up" device_is first up wire0 wire0
wait_for 20 "group long to be up" device_is long up wire0 "$long"
device_is later absent later0 later0 || fail "later0 is there: $(ctl groups --json)"
ip -n "$NS_A" link property add dev wire0 altname later0
wait_for 20 "group later to be up" device_is later up wire0 later0

# member NAME VARIABLE=VALUE DEVICE: start a tcpdump that joins
member()
{
	background "$1" env "$2" LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" \
		"$TCPDUMP" -n -i "$3" -w "$T/pcap/$1.pcap"
	wait_for 10 "tcpdump -i $3 with $2, see $1.err" grep -q 'listening on' "$T/$1.err"
	members+=("$1")
}

members=()
member private NONE=1 "pfq:$long"
member queues NONE=1 "pfq:short0/0-3"
member joined NONE=1 pfq@long
member covered NONE=1 pfq@first:later0
member by_group PFQ_GROUP=first short0
member by_long_name PFQ_GROUP=later "$long"
member by_device PFQ_GROUP_short0=long wire0
member by_other PFQ_GROUP_wire0=long "$long"
member forced PFQ_later0=1 wire0
text=$(in_a env PFQ_GROUP_wire0=first PFQ_GROUP_short0=long LD_LIBRARY_PATH="$T/lib" \
	timeout $((10 * PATIENCE)) "$TCPDUMP" -n -i "$long" -c 1 -w /dev/null 2>&1) &&
	fail "two variables that contradict each other are accepted"
[[ $text = *"PFQ_GROUP_wire0 and PFQ_GROUP_short0 are about one device"* ]] || fail "$text"
in_groups=$(ctl endpoints --json | jq -r '[.endpoints[].group] | sort | map(.[:7]) | join(" ")')
[ "$in_groups" = "first first later long long long private private private" ] ||
	fail "the members are in $in_groups"
ctl_is groups 'all(.groups[]; .devices == [.devices[0]])' || fail "a group has a device twice"
frames b --kinds udp4 --packets 100
drain

# The device loses its first name and the alternative name that a group was bound by.
ip -n "$NS_A" link set wire0 down
ip -n "$NS_A" link set wire0 name wan0
ip -n "$NS_A" link property del dev wan0 altname later0
wire_add wire0 wire2
ip -n "$NS_A" link set wan0 up
for group in "first wire0" "long $long" "later later0"; do
	# shellcheck disable=SC2086 # two words
	set -- $group
	wait_for 20 "group $1 to have the renamed device" device_is "$1" up wan0 "$2"
done
member after_all PFQ_GROUP=first wan0
application_refused pfq:later0 later0
frames b --kinds udp4 --packets 100 --seed 2
drain
stats_add_up all
stop_captures "${members[@]}"
for name in "${members[@]}"; do
	want=200
	[ "$name" != after_all ] || want=100
	[ "$(packets_in "$name")" -eq $want ] ||
		fail "$name has $(packets_in "$name") of $want packets"
done

# Commas separate names in a list. The group has bound this device by another name, and
# lists that.
wire_add odd,0 wire3
ip -n "$NS_A" link property add dev odd,0 altname ödd0
ip -n "$NS_A" link set odd,0 up
wait_for 20 "group odd to be up" device_is odd up odd,0 ödd0
members=()
member odd_by_group PFQ_GROUP=odd odd,0
member odd_by_device PFQ_GROUP_odd_0=odd odd,0
# shellcheck disable=SC2016 # variables of jq
ctl_is endpoints '[.endpoints[] | select(.group == "odd")] | length == 2' ||
	fail "not both have joined: $(ctl endpoints --json)"
for variable in PFQ_odd_0=1 PFQ_GROUP___dd0=first; do
	text=$(in_a env $variable LD_LIBRARY_PATH="$T/lib" timeout $((10 * PATIENCE)) \
		"$TCPDUMP" -n -i odd,0 -c 1 -w /dev/null 2>&1) && fail "$variable: odd,0 is opened"
	[[ $text = *'"odd,0"; open it by one without'* ]] || fail "$variable: $text"
done
stop_captures "${members[@]}"
stop_engine
