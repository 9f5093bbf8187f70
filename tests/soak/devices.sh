# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# Events of the file and of the devices; part of soak.sh

# groups_of VARIANT: print the groups of pfqd.conf
groups_of()
{
	local filters=("udp or tcp" "udp and portrange 1-65000" "udp[0:2] & 1 = 0")

	cat <<-END
	[group witness]
	device = wire0
	steer = copy
	ring = 16M
	[group share]
	device = wire0
	steer = flow
	ring = 16M
	linger = 5s
	filter = ${filters[$1]}
	[group copies]
	device = wire0, passing0
	steer = copy
	ring = 8M
	linger = 5s
	members = $1
	END
	[ "$1" -ne 2 ] || printf '[group third]\ndevice = passing0\nvlan = 1-10\n'
}

# reload VARIANT: let pfqd read its file with these groups
reload()
{
	groups_of "$1" | engine_configure
	ctl reload >"$T/reload.out" 2>&1 || fail "reload: $(tail -n 3 "$T/reload.out")"
}

file_changes()
{
	reload $((RANDOM % 3))
}

file_is_wrong()
{
	groups_of 1 | engine_configure
	sed -i 's/steer = copy/steer = sideways/' "$T/engine.conf"
	! ctl reload >"$T/wrong.out" 2>&1 || fail "a file with an error was loaded"
	grep -q sideways "$T/wrong.out" || fail "$(cat "$T/wrong.out")"
	groups_of 1 | engine_configure
}

passing_is_captured()
{
	ctl_is status 'any(.sources[]; .device == "passing0" and .state == "up")'
}

device_comes()
{
	in_a ip link add passing0 type veth peer name passing1
	in_a ip link set passing0 up
	in_a ip link set passing1 up
	wait_for 10 "pfqd to capture from passing0" passing_is_captured
	passing_sends
}

# The device vanishes while packets come.
device_vanishes()
{
	in_a ip link del passing0
	VANISHED=$((VANISHED + 1))
	passing_pauses
}

device_comes_or_goes()
{
	if passing_is_there; then device_vanishes; else device_comes; fi
}
