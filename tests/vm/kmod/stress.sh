#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Everything changes at once, under traffic (churn.sh): consumers join, leave, are killed
# and stopped, and pfqd, devices and namespaces come and go. It runs for SECONDS_TO_RUN, in
# rounds. In each round honest consumers get every packet, and the counters add up. The
# module is removed under traffic and loaded again, and nothing is lost with it. After the
# last round it stays removed.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/churn.sh"
. "$(dirname "$0")/witness.sh"
. "$(dirname "$0")/../../lib/sums.sh"

round_seconds=${ROUND_SECONDS:-120} rate=${RATE:-200}
last=$(($(date +%s) + ${SECONDS_TO_RUN:-60}))
stress=$PFQ_BUILD/tests/vm/kmod-stress

wire
ip link add vs netns a type veth peer name vw netns b
ip link add vt netns a type veth peer name vu netns b
for link in a/vs b/vw a/vt b/vu; do
	ip -n ${link%/*} link set ${link#*/} up
done
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
printf '[pfqd]\nengine = kernel\nsocket = %s\n[group gone]\ndevice = vd, later\n' "$T/gone.sock" \
	> "$T/gone.conf"
# Traffic in both directions, all the time, also without the module. It has a lower
# priority, because otherwise a slow kernel would run nothing else.
loop_for_ever() { while :; do nice -n 10 ip netns exec "$@" > /dev/null 2>&1 || sleep 0.1; done; }
loop_for_ever b busybox ping -q -A -c 200 -s 3000 10.7.0.1 &
loop_for_ever a busybox ping -q -A -c 200 10.7.0.2 &
loop_for_ever b "$witness" send vu 100 500 &

# add_up N: no packet moves on vs, so the sums over all groups hold
add_up()
{
	local wrong

	in_a env LD_LIBRARY_PATH="$LIBS" "$PFQ_BUILD/tools/pfqctl/pfqctl" stats --json \
		> "$T/stats.json" || fail "pfqctl: status $?"
	wrong=$(jq -r "$SUMS" "$T/stats.json")
	wrong+=$(jq -r ".groups |= map(select(.name == \"calm\")) | $COPIES" "$T/stats.json")
	[ -z "$wrong" ] || fail "$wrong"
	[ "$(jq '[.groups[].counters.recv] | add' "$T/stats.json")" -gt "$1" ] ||
		fail "almost no packet was counted"
}

round()
{
	local frames=$((round_seconds * rate)) i pids=() name

	load
	honest calm calm $frames
	honest steady steady $frames
	ip netns exec b "$witness" send vw "$frames" "$rate" > "$T/send.out" 2>&1 &
	PID[send]=$!
	# The round begins here, however long the start took.
	end=$(($(date +%s) + round_seconds))
	for i in pfqd_again device_again namespace_again stopped_a_while shown unload_refused; do
		loop $i &
		pids+=($!)
	done
	for i in 'demo' 'made va' 'made va/0' 'tapped' 'steady vs' 'lone vt,vs'; do
		# shellcheck disable=SC2086 # a group, and a device perhaps
		in_a nice -n 5 "$stress" consume "$((end - $(date +%s)))" $RANDOM $i \
			> "$T/consume.${#pids[@]}" 2>&1 &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || fail "a consumer found an error: $(cat "$T"/consume.*)"
	done
	[ ! -e "$T/unloaded" ] || fail "the module was removed while its device was open"
	wait "${PID[send]}" || fail "$(cat "$T/send.out")"
	for name in calm steady; do
		complete $name
	done
	add_up $frames
	for name in calm steady; do
		verdict $name || fail "$name: $(cat "$T/$name.out")"
	done
	cat "$T"/consume.* "$T"/{calm,steady}.out
}

n=0
while [ "$(date +%s)" -lt $last ]; do
	n=$((n + 1)) left=$((last - $(date +%s)))
	[ "$round_seconds" -lt $left ] || round_seconds=$left
	[ $n -eq 1 ] || for ((i = 0; i < 100; i++)); do
		! rmmod pfq 2> /dev/null || break
		sleep 0.1
	done
	[ ! -d /sys/module/pfq ] || fail "the module cannot be removed: $(lsmod | grep '^pfq')"
	echo "--- round $n, $round_seconds s, $(date -u +%H:%M:%S)"
	round
done
for name in "$T"/count.*; do
	echo "${name##*.}: $(awk '{ n += $1 } END { print n + 0 }' "$name") times"
done
gone
echo "PASS"
