#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Hostile consumers act for SECONDS_TO_RUN, also by malformed netlink messages and programs
# (kmod-fuzz; SEED). Honest consumers in the same group, in another group and in a private group get
# every packet, with every byte right. First the test shows that they would notice an error.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/witness.sh"

seconds=${SECONDS_TO_RUN:-60} rate=${RATE:-200}
load userns=1
wire
ip link add vs netns a type veth peer name vw netns b
ip -n a link set vs up
ip -n b link set vw up
cat > "$T/conf" <<END
[pfqd]
engine = kernel
socket = $T/sock
[group shared]
id = 4242
device = vs
lang = file:shared.lang
access = root:root 0666
[group apart]
id = 4243
device = vs
steer = copy
END
# Each packet goes to all, whatever hostile users write into the sets, which they may.
cat > "$T/shared.lang" <<END
set hosts addr size=64 timeout=2s
set ports port [53]
set conns flow size=64
flows size=64 idle=1s
in when (has_addr hosts or has_port ports or has_flow conns) (count known)
	>-> when (flow_packets > 5) (count long) >-> copy
END
start_pfqd
# Not through pfqd: the fuzzer and the honest consumers talk to the module directly.
export PFQ_SOCKET=/dev/pfq

send() { ip netns exec b nice -n -15 "$witness" send vw "$@" > "$T/send.out" 2>&1; }

echo "a spoiled sending, which must be noticed"
honest check shared 100
send 100 "$rate" 50
complete check 30
! verdict check || fail "the consumer did not notice a wrong byte and a lost packet"
grep -q '98 of 100 frames came, 0 twice, 1 wrong' "$T/check.out" ||
	fail "the packets are not as sent: $(cat "$T/check.out")"

frames=$((seconds * rate))
honest shared shared $frames
honest apart apart $frames
honest private - $frames
# Memory that hostile consumers ask for counts for their memory control group.
mount -t cgroup2 cgroup2 /sys/fs/cgroup 2> /dev/null || true
echo +memory > /sys/fs/cgroup/cgroup.subtree_control
mkdir /sys/fs/cgroup/hostile
echo 400M > /sys/fs/cgroup/hostile/memory.max
# Hostile consumers bring memory of this pool, up to what each may lock. The honest ones'
# rings are the module's.
echo 1 > /proc/sys/vm/compact_memory
echo 32 > /proc/sys/vm/nr_hugepages
pages=$(free_pages)
[ "$pages" -gt 0 ] || fail "no pool of huge pages"
echo "seed ${SEED:-1}, $seconds s, $pages huge pages"
(echo $BASHPID > /sys/fs/cgroup/hostile/cgroup.procs
	exec nsenter --net=/run/netns/a "$PFQ_BUILD/tests/vm/kmod-fuzz" "$seconds" \
		"${SEED:-1}" vs) > "$T/fuzz" 2>&1 &
PID[fuzz]=$!
send $frames "$rate" || fail "$(cat "$T/send.out")"
wait "${PID[fuzz]}" || fail "kmod-fuzz: $(cat "$T/fuzz")"
cat "$T/fuzz"
for name in shared apart private; do
	complete $name 300
	verdict $name || fail "$name suffered: $(cat "$T/$name.out")"
	echo "$name: $(tail -n 1 "$T/$name.out")"
done
stop_pfqd
gone
pages_are_back "$pages"
echo "PASS"
