# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# (stress.sh, which reads this file in, uses end and stress.) For stress.sh: functions that
# make and remove something once. loop repeats one until the end of the round and counts.

during() { [ "$(date +%s)" -lt "$end" ]; }

# loop COMMAND...: repeat it. Its output and status do not matter: others may have removed
# what it needs.
loop()
{
	local n=0

	while during; do
		"$@" > /dev/null 2>&1 || true
		n=$((n + 1))
	done
	echo "$n" >> "$T/count.$1"
}

# Remove device va and make it again, or set it down and rename it for a while.
device_again()
{
	sleep 1
	ip -n a link del va
	ip link add va netns a type veth peer name vb netns b
	ip -n a addr add 10.7.0.1/24 dev va
	ip -n b addr add 10.7.0.2/24 dev vb
	ip -n a link set va up
	ip -n b link set vb up
	sleep 1
	ip -n a link set va down
	ip -n a link set va name vc
	sleep 0.2
	ip -n a link set vc name va
	ip -n a link set va up
}

# Remove a namespace with a group, a device and a member. Every second time the member still
# runs.
namespace_again()
{
	local pfqd member

	ip netns add c
	ip link add vd netns c type veth peer name ve netns c
	ip -n c link set vd up
	ip -n c link set ve up
	ip netns exec c "$PFQ_BUILD/pfqd/pfqd" -c "$T/gone.conf" &
	pfqd=$!
	timeout -s KILL 2 ip netns exec c "$stress" consume 1 $RANDOM gone vd &
	member=$!
	sleep 0.$((RANDOM % 10))
	[ $((RANDOM % 2)) = 0 ] || kill -KILL $member
	kill -KILL $pfqd
	ip -n c link set vd netns a name vz || true
	ip netns del c
	wait
	ip -n a link del vz || true
}

# Change pfqd's filter and groups while it runs. It ends normally, or is killed.
pfqd_again()
{
	local pid

	cp "$T/pfqd.conf" "$T/now.conf"
	ip netns exec a "$PFQ_BUILD/pfqd/pfqd" -c "$T/now.conf" &
	pid=$!
	sleep 1
	sed -i 's/not port 22/not port 23/' "$T/now.conf"
	kill -HUP $pid
	sleep 0.5
	printf '[group more]\ndevice = va, vt\n' >> "$T/now.conf"
	kill -HUP $pid
	sleep 0.$((RANDOM % 10))
	kill -"$([ $((RANDOM % 2)) = 0 ] && echo KILL || echo TERM)" $pid
	wait $pid
}

stopped_a_while()
{
	ip netns exec a "$stress" consume 2 $RANDOM demo &
	sleep 0.3
	kill -STOP $!
	sleep 0.5
	kill -CONT $!
	wait $!
}

# Read the counters and the module's state meanwhile.
shown()
{
	in_a env LD_LIBRARY_PATH="$LIBS" "$PFQ_BUILD/tools/pfqctl/pfqctl" stats --json
	cat /sys/kernel/debug/pfq/state
	sleep 0.3
}

# The module must not be removable while a program has its device open.
unload_refused()
{
	! rmmod pfq || touch "$T/unloaded"
	sleep 2
}
