#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The file of PFQ_CONFIG brings programs to groups: by [default], by a section with the program's
# name, and by keys of one device. The program's section comes before [default], and the environment
# before both.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
start_engine <<END
[group one]
id     = 1
device = wire0
steer  = copy
linger = 0

[group two]
id     = 2
device = wire0
steer  = copy
linger = 0
END
for name in snort other; do
	cp "$TCPDUMP" "$T/bin/$name"
done
cat >"$T/pcap.conf" <<END
; programs and groups
[default]
group = one
name  = by-default      ; the endpoint

[snort]
group = two
ring  = 8M

[nobody]
anything at all
END
cat >"$T/devices.conf" <<END
[tcpdump]
group_wire0 = two
[snort]
wire0 = no
[other]
force_all = yes
socket    = $SOCKET
END

# joins PROGRAM GROUP-OR-EMPTY [VARIABLE=VALUE...]: which group PROGRAM -i wire0 is in
joins()
{
	local program=$1 group=$2 found

	shift 2
	background member env "$@" LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" \
		"$T/bin/$program" -n -i wire0 -w "$T/pcap/member.pcap"
	wait_for 10 "$program with $*, see member.err" grep -q 'listening on' "$T/member.err"
	found=$(ctl endpoints --json |
		jq -r '[.endpoints[] | .group[:7] + " " + .name] | join(",")')
	case $found in
	"$group"*) ;;
	*) fail "$program with $*: \"$found\", not \"$group\": $(cat "$T/member.err")" ;;
	esac
	[ -n "$group" ] || [ -z "$found" ] || fail "$program with $*: in group $found"
	! grep -qi warning "$T/member.err" || fail "$program with $*: $(cat "$T/member.err")"
	stop_captures member
	wait_for 5 "the member to leave" ctl_is endpoints '.endpoints == []'
}

export PFQ_CONFIG=$T/pcap.conf
joins tcpdump "one by-default"
joins snort   "two by-default"
joins other   "one by-default"
joins snort   "one mine" PFQ_GROUP=one PFQ_NAME=mine
joins snort   "" PFQ_wire0=0
background snort env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" \
	"$T/bin/snort" -n -i wire0 -w "$T/pcap/snort.pcap"
wait_members two 1
ctl_is endpoints '.endpoints[0].ring_bytes < 16777216' || fail "the key ring has no effect"
stop_captures snort

# argv[0] does not choose the section
# shellcheck disable=SC2016 # that shell's
background renamed env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" \
	bash -c 'exec -a snort "$0" "$@"' "$TCPDUMP" -n -i wire0 -w "$T/pcap/renamed.pcap"
wait_members one 1
stop_captures renamed

joins tcpdump "two" PFQ_CONFIG="$T/devices.conf"
joins tcpdump "one" PFQ_CONFIG="$T/devices.conf" PFQ_GROUP=one
joins tcpdump "two" PFQ_CONFIG='' PCAP_CONFIG="$T/devices.conf"
joins snort   "" PFQ_CONFIG="$T/devices.conf"
joins snort   "one" PFQ_CONFIG="$T/devices.conf" PFQ_GROUP=one
joins other   "private" -u PFQ_SOCKET PFQ_CONFIG="$T/devices.conf"
joins other   "two" -u PFQ_SOCKET PFQ_CONFIG="$T/devices.conf" PCAP_GROUP=2
stop_engine
