#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A hostile program in pfq-lang costs only who sends it. Each program with a fault is refused with
# its text, in each way that a program comes into the module, also from the root of a user
# namespace. A user who may make no group learns nothing else. The longest program runs beside
# honest consumers, which get every packet. Tables count for the sender's memory control group and
# limits, and no process is killed for them.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/witness.sh"

seconds=${HOSTILE_SECONDS:-10} rate=${RATE:-200}
frames=$((seconds * rate))
load userns=1 user_ring_mib=8
wire
ip link add vs netns a type veth peer name vw netns b
ip -n a link set vs up
ip -n b link set vw up
# for other users, who have no access to the build tree
chmod 755 "$T"
install -m 755 "$PFQ_BUILD/tests/vm/kmod-program" "$T/program"
printf '%s\n' '[pfqd]' 'engine = kernel' "socket = $T/sock" '[group shared]' 'device = vs' \
	'lang = count all >-> copy' 'access = root:root 0666' > "$T/conf"
start_pfqd
export PFQ_SOCKET=/dev/pfq
nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
userns=("${nobody[@]}" unshare --user --net --map-root-user)

# held NAME COMMAND...: start it, and wait until its program runs
declare -A HOLD
held()
{
	local name=$1 fd

	mkfifo "$T/$name.in"
	"${@:2}" < "$T/$name.in" > "$T/$name.out" 2>&1 &
	PID[$name]=$!
	exec {fd}> "$T/$name.in"
	HOLD[$name]=$fd
	for _ in $(seq 300); do
		! grep -q running "$T/$name.out" || return 0
		kill -0 "${PID[$name]}" 2> /dev/null || break
		sleep 0.1
	done
	fail "$name does not run: $(cat "$T/$name.out")"
}

# let_go NAME: let it end
let_go()
{
	local fd=${HOLD[$1]}

	exec {fd}>&-
	wait "${PID[$1]}" || fail "$1: $(cat "$T/$1.out")"
}

# --- faults, and the longest way, under traffic
honest shared shared $frames
honest private - $frames
held longest in_a "$T/program" longest vs
(
	in_a "$T/program" refused vs && in_a "${nobody[@]}" "$T/program" forbidden vs &&
		in_a "${userns[@]}" "$T/program" refused lo
) > "$T/faults" 2>&1 &
PID[faults]=$!
ip netns exec b nice -n -15 "$witness" send vw $frames "$rate" > "$T/send.out" 2>&1 ||
	fail "$(cat "$T/send.out")"
wait "${PID[faults]}" || fail "programs with faults: $(cat "$T/faults")"
cat "$T/faults"
for name in shared private; do
	complete $name 300
	verdict $name || fail "$name suffered: $(cat "$T/$name.out")"
	echo "$name: $(tail -n 1 "$T/$name.out")"
done
let_go longest

# --- tables
mkdir "$T/cgroup"
mount -t cgroup2 cgroup2 "$T/cgroup"
echo +memory > "$T/cgroup/cgroup.subtree_control"
cgroup=$T/cgroup/programs
mkdir "$cgroup"
echo 64M > "$cgroup/memory.max"
limited() { sh -c "echo \$\$ > $cgroup/cgroup.procs; exec \"\$@\"" sh ip netns exec a "$@"; }
charged() { cat "$cgroup/memory.current"; }
# is_charged LEAST MOST: wait until so many MiB are charged; memory is freed some time after its end
is_charged()
{
	for _ in $(seq 50); do
		[ $(($(charged) >> 20)) -gt "$2" ] || break
		sleep 0.1
	done
	[ $(($(charged) >> 20)) -ge "$1" ] && [ $(($(charged) >> 20)) -le "$2" ] ||
		fail "$(charged) bytes are charged, and not $1 to $2 MiB"
}
# 15 tables of 1 MiB; the allocator may take up to twice of it
held largest limited "$T/program" largest vs
is_charged 15 45
let_go largest
is_charged 0 14
limited "$T/program" endless vs || fail "endless tables"
is_charged 0 14
grep -q '^oom_kill 0$' "$cgroup/memory.events" ||
	fail "a process was killed: $(cat "$cgroup/memory.events")"
in_a "${userns[@]}" "$T/program" limited lo || fail "the limit of a user's rings"
stop_pfqd
gone
rmdir "$cgroup"
umount "$T/cgroup"
echo "PASS"
