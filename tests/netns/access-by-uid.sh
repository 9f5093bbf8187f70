#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The access line of a group names users and groups. They may join without CAP_NET_RAW.
# Others get an error that says so.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
start_engine <<END
[group by-user]
id     = 1
device = wire0
access = daemon:root 0600

[group by-group]
id     = 2
device = wire0
access = root:mail 0660

[group closed]
id     = 3
device = wire0
access = root:root 0600
END

# as NAME GROUPS DEVICE: run tcpdump as user daemon, in the further groups GROUPS, without
# capabilities
as()
{
	background "$1" env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" \
		setpriv --reuid=daemon --regid=nogroup "$2" --inh-caps=-all --bounding-set=-all \
		"$TCPDUMP" -n -i "$3" -w "$T/pcap/$1.pcap"
}

let_in()
{
	as "$1" "$2" "pfq@$1"
	wait_members "$1" 1
	grep -q '^CapEff:.0*$' "/proc/${PID[$1]}/status" || fail "$1: it has capabilities"
}

refused()
{
	local status=0

	as "refused" "$1" "pfq@$2"
	ended refused 5 || status=$?
	[ $status -eq 1 ] || fail "group $2, $1: status $status, not refused"
	grep -q "$2" "$T/refused.err" &&
		grep -qi 'permission\|access\|may not\|allowed' "$T/refused.err" ||
		fail "group $2, $1: unclear error: $(cat "$T/refused.err")"
}

let_in by-user --clear-groups
let_in by-group --groups=mail
refused --clear-groups by-group
refused --groups=mail closed
frames b --kinds udp4,udp6 --packets 50
drain
stats_add_up
stop_captures by-user by-group
[ "$(packets_in by-user)" -eq 50 ] && [ "$(packets_in by-group)" -eq 50 ] ||
	fail "the permitted users did not get the packets"
# The list of devices has exactly the groups that the caller may join.
listed=$(in_a env LD_LIBRARY_PATH="$T/lib" setpriv --reuid=daemon --regid=nogroup --groups=mail \
	"$TCPDUMP" -D | grep -o 'pfq@[a-z-]*' | sort | tr '\n' ' ')
[ "$listed" = "pfq@by-group pfq@by-user " ] || fail "tcpdump -D lists: $listed"
stop_engine
