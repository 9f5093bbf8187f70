#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Promiscuous mode follows a device through all events, a moment later. The events are other
# names, moves, changes faster than the module acts, groups and namespaces that end before
# it does, and the module's removal. If the kernel has devices with a lock of their own
# (dummy, since 6.15), they are tested, too.
. "$(dirname "$0")/lib.sh"

# becomes NS DEVICE PROMISCUITY WHEN: wait for this count
becomes()
{
	local _

	for _ in $(seq 100); do
		[ "$(promiscuity "$2" "$1")" -ne "$3" ] || return 0
		sleep 0.1
	done
	fail "$4: $2 has promiscuity $(promiscuity "$2" "$1"), not $3"
}

# add DEVICE: make one of the kind under test
add() { ip -n a link add "$1" type "$kind"; }

# waits: start pfqd with a group that waits for late0
waits()
{
	printf '%s\n' '[pfqd]' 'engine = kernel' "socket = $T/sock" '[group g]' \
		'device = late0' "mode = $1" 'promisc = yes' > "$T/conf"
	start_pfqd
}

# ends_at_once HOW: make the device; then pfqd or the device ends at once
ends_at_once()
{
	add late0
	case $1 in
	term) stop_pfqd ;;
	kill)
		kill -KILL "${PID[pfqd]}"
		wait "${PID[pfqd]}" || true
		;;
	del) ip -n a link del late0 ;;
	esac
}

# named MODE: all events of one device
named()
{
	waits "$1"
	add late0
	becomes a late0 1 "it came"
	ip -n a link set late0 name other0
	becomes a other0 1 "it has another name"
	ip -n a link set other0 netns b
	becomes b other0 0 "it was moved away"
	# The group waits by the name that was written.
	ip -n b link set other0 name late0
	ip -n b link set late0 netns a
	becomes a late0 1 "it was moved here"
	ip -n a link del late0
	add other0
	ip -n a link set other0 name late0
	becomes a late0 1 "it was given the name"
	stop_pfqd
	becomes a late0 0 "the group has gone"
	ip -n a link del late0
}

changes()
{
	local i

	waits sniff
	for ((i = 0; i < 10; i++)); do
		ip -n a -batch - <<- END
			link add late0 type $kind
			link add more0 type $kind
			link set late0 name swap0
			link set more0 name late0
			link del late0
			link set swap0 name late0
			link del late0
			link add more0 type $kind
			link set more0 name late0
		END
		[ $i -eq 9 ] || ip -n a link del late0
	done
	becomes a late0 1 "after ten rounds"
	stop_pfqd
	becomes a late0 0 "the group has gone"
	ip -n a link del late0
}

wire
ip -n a link add probe0 type dummy 2> /dev/null && ip -n a link del probe0 && dummy=dummy
for kind in veth ${dummy:-}; do
	load
	named sniff
	named tap
	changes
	for end in term kill; do
		waits sniff
		ends_at_once $end
		[ -d /sys/module/pfq ] && rmmod pfq ||
			fail "the module cannot be removed right after $end"
		becomes a late0 0 "the module has gone"
		ip -n a link del late0
		load
	done
	waits sniff
	ends_at_once del
	stop_pfqd
	# A namespace ends together with its device and its group.
	for _ in 1 2 3; do
		ip netns add c
		ip netns exec c "$PFQ_BUILD/pfqd/pfqd" -c "$T/conf" 2> "$T/pfqd.log" &
		sleep 0.5
		ip -n c link add late0 type "$kind"
		kill -KILL $!
		ip netns del c
		wait $! || true
	done
	echo "$kind: as it should be"
	rmmod pfq || fail "the module cannot be removed"
done
load
gone
echo "PASS"
