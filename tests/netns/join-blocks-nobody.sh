#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Eight sensors join at the same time, and each asks for a large ring. All of them come up.
# Meanwhile the engine answers a HELLO as it does otherwise: 99 of 100 within 10 ms, or, where it
# needs longer without any join, within twice the time that it needs then.
#
# PFQ_JOIN_RING: the size of a ring; without it 1 GiB, or less if less than 12 GiB are free
#
# Alone: the engine clears gigabytes, and the script measures time
. "$(dirname "$0")/../lib.sh"
begin
need "$TOOLS/pfq-delays"
wire_up
start_group share steer=flow

SENSORS=8
ring=${PFQ_JOIN_RING:-}
if [ -z "$ring" ]; then
	free_mib=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)
	ring=64M
	[ "$free_mib" -lt 6144 ] || ring=512M
	[ "$free_mib" -lt 12288 ] || ring=1G
fi

# hellos NAME: say HELLO again and again until the file NAME exists
hellos()
{
	background "$1" ip netns exec "$NS_A" env LD_LIBRARY_PATH="$T/lib" \
		"$TOOLS/pfq-delays" hello $((60 * PATIENCE)) "$T/$1"
}

end_hellos()
{
	touch "$T/$1"
	ended "$1" || fail "HELLO: $(cat "$T/$1.err")"
}

# us NAME: print the delay that 99 of 100 did not exceed; on a busy machine, the median
us()
{
	sed -n "s/.*$which \([0-9]*\) us.*/\1/p" "$T/$1.out"
}

which=p99
if machine_is_busy; then
	which=p50
	echo "this machine is busy: the medians are judged"
fi

hellos alone
sleep 2
end_hellos alone
for ((i = 0; i < SENSORS; i++)); do
	background "m$i" env LD_LIBRARY_PATH="$T/lib" PFQ_RING="$ring" ip netns exec "$NS_A" \
		"$TCPDUMP" -n -i pfq@share -w "$T/pcap/m$i.pcap"
done
# The start of eight programs takes both CPUs, whatever the engine does. So measure while the
# rings of the others are made.
first_is_up()
{
	cat "$T"/m?.err | grep -q 'listening on'
}
wait_for 30 "the first sensor" first_is_up
hellos beside
for ((i = 0; i < SENSORS; i++)); do
	wait_for 30 "sensor $i, see m$i.err" grep -q 'listening on' "$T/m$i.err"
done
end_hellos beside
during=$(us beside)
echo "before the joins: $(cat "$T/alone.out")"
echo "during the other joins of $ring: $(cat "$T/beside.out")"
wait_members share $SENSORS
frames b --kinds udp4 --packets 800
drain
stats_add_up all
for ((i = 0; i < SENSORS; i++)); do
	stop_captures "m$i"
done
before=$(us alone)
[ "$during" -le $((10000 * PATIENCE)) ] || [ "$during" -le $((2 * before)) ] ||
	fail "a HELLO takes $during us ($which) while others join"
stop_engine
