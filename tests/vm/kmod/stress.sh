#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Everything that comes and goes, at once, under traffic: consumers that join, leave,
# are killed and stopped, pfqd, devices, namespaces, the module itself. SECONDS_TO_RUN
# of it; then the module goes, and nothing is left of it.
. "$(dirname "$0")/lib.sh"

seconds=${SECONDS_TO_RUN:-60}
stress=$PFQ_BUILD/tests/vm/kmod-stress
end=$(($(date +%s) + seconds))

during() { [ "$(date +%s)" -lt $end ]; }

# LOOP...: while it is time; what it says is of no interest, it may meet what is not there
loop()
{
	while during; do
		"$@" > /dev/null 2>&1 || true
	done
}

# device va goes, and comes again
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

# a namespace with a group, a device and a member, which goes with all of it
namespace_again()
{
	ip netns add c
	ip link add vd netns c type veth peer name ve netns c
	ip -n c link set vd up
	ip -n c link set ve up
	timeout -s KILL 2 ip netns exec c "$stress" consume 1 $RANDOM gone vd &
	sleep 0.$((RANDOM % 10))
	ip -n c link set vd netns a name vz || true
	ip netns del c
	wait $! || true
	ip -n a link del vz || true
}

pfqd_again()
{
	timeout -s "$([ $((RANDOM % 2)) = 0 ] && echo KILL || echo TERM)" 2 \
		ip netns exec a "$PFQ_BUILD/pfqd/pfqd" -c "$T/pfqd.conf"
}

stopped()
{
	ip netns exec a "$stress" consume 2 $RANDOM demo &
	sleep 0.3
	kill -STOP $!
	sleep 0.5
	kill -CONT $!
	wait $!
}

module_again()
{
	sleep 3
	rmmod pfq && insmod "$PFQ_KO"
}

load
wire
cat > "$T/pfqd.conf" <<END
[pfqd]
engine = kernel
socket = $T/pfqd.sock
[group demo]
id = 42
device = va
access = root:root 0666
filter = not port 22
[group tapped]
id = 43
device = vt
mode = tap
END
ip link add vt netns a type veth peer name vu netns b
ip -n a link set vt up
ip -n b link set vu up
loop in_a busybox ping -q -A -c 200 10.7.0.2 &
loop ip netns exec b busybox ping -q -A -c 200 -s 3000 10.7.0.1 &
loop pfqd_again &
loop device_again &
loop namespace_again &
loop stopped &
loop module_again &
consumers=()
for i in 1 2 3; do
	in_a "$stress" consume "$seconds" $i demo > "$T/consume.$i" 2>&1 &
	consumers+=($!)
	in_a "$stress" consume "$seconds" 1$i made va > "$T/consume.1$i" 2>&1 &
	consumers+=($!)
done
worst=0
for pid in "${consumers[@]}"; do
	wait "$pid" || worst=1
done
wait
cat "$T"/consume.*
[ $worst -eq 0 ] || fail "a consumer found what cannot be"
gone
echo "PASS"
