#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A ring of the module counts for the joining process's memory control group. If this has
# less memory, the ring is smaller, or the JOIN fails and says so. No process is killed, and
# no other lacks memory.
. "$(dirname "$0")/lib.sh"

export PFQ_DEBUG=1 PFQ_HUGEPAGES=off PFQ_RING=64M
# "ip netns exec" mounts another /sys.
mkdir "$T/cgroup"
mount -t cgroup2 cgroup2 "$T/cgroup"
echo +memory > "$T/cgroup/cgroup.subtree_control"
cgroup=$T/cgroup/small
mkdir "$cgroup"

# limited MIB: limit the control group of the commands that RUN starts
limited()
{
	echo $(($1 << 20)) > "$cgroup"/memory.max
	RUN=(sh -c "echo \$\$ > $cgroup/cgroup.procs; exec \"\$@\"" sh)
}

killed() { awk '$1 == "oom_kill" { print $2 }' "$cgroup"/memory.events; }

load
wire
limited 256
our_tcpdump enough -i pfq:va -s 128 -w /dev/null icmp
grep -q "ring: 65536 KiB in the engine's memory" "$T/enough.err" || fail "$(cat "$T/enough.err")"
charged=$(cat "$cgroup"/memory.current)
[ "$charged" -gt $((64 << 20)) ] || fail "only $charged bytes are charged for a ring of 64 MiB"
stop_tcpdump enough
for _ in $(seq 50); do
	[ "$(cat "$cgroup"/memory.current)" -gt $((32 << 20)) ] || break
	sleep 0.1
done
charged=$(cat "$cgroup"/memory.current)
[ "$charged" -le $((32 << 20)) ] || fail "$charged bytes stay charged"
limited 48
our_tcpdump less --immediate-mode -i pfq:va -s 128 -w /dev/null icmp
grep -qE "ring: (32768|16384) KiB instead of 65536 KiB in the engine's memory" "$T/less.err" ||
	fail "$(cat "$T/less.err")"
in_a busybox ping -q -A -c 5 10.7.0.2 > /dev/null
sleep 2
stop_tcpdump less
[ "$(in_summary less captured)" -eq 10 ] || fail "not ten packets: $(cat "$T/less.err")"
# As many members as fit, then an error
limited 48
printf '[pfqd]\nengine = kernel\nsocket = %s\n[group g]\ndevice = va\n' "$T/sock" > "$T/conf"
start_pfqd
in_a "${RUN[@]}" "$PFQ_BUILD/tests/vm/kmod-memory" fill g > "$T/fill" || fail "$(cat "$T/fill")"
cat "$T/fill"
grep -q 'no memory for the smallest ring .* control group' "$T/fill" ||
	fail "the error does not say why"
stop_pfqd
[ "$(killed)" -eq 0 ] || fail "a process was killed: $(cat "$cgroup"/memory.events)"
RUN=()
export PFQ_SOCKET=/dev/pfq
our_tcpdump other -i pfq:va -s 128 -w /dev/null icmp
grep -q "ring: 65536 KiB in the engine's memory" "$T/other.err" || fail "$(cat "$T/other.err")"
stop_tcpdump other
gone
umount "$T/cgroup"
echo "PASS"
