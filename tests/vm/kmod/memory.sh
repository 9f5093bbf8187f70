#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Tests where a ring lies. It is in the consumer's own huge pages if the pool has room, and
# counts as pinned memory. Within limits it is smaller, or the module's own, and PFQ_DEBUG
# says so.
. "$(dirname "$0")/lib.sh"

export PFQ_DEBUG=1 PFQ_RING=16M
pool=/proc/sys/vm/nr_hugepages

# says NAME TEXT: capture NAME has printed TEXT about its ring
says()
{
	grep -q "pfq: ring: .*$2" "$T/$1.err" || fail "$1 does not say \"$2\": $(cat "$T/$1.err")"
}

# one NAME TEXT [COMMAND...]: a capture gets all packets, and TEXT is true of its ring
one()
{
	local name=$1 text=$2

	shift 2
	RUN=("$@")
	our_tcpdump "$name" --immediate-mode -i pfq@g -s 128 -w /dev/null icmp
	RUN=()
	says "$name" "$text"
	in_a busybox ping -q -A -c 5 10.7.0.2 > /dev/null
	sleep 2
	stop_tcpdump "$name"
	[ "$(in_summary "$name" captured)" -eq 10 ] ||
		fail "$name: not ten packets: $(cat "$T/$name.err")"
}

load
wire
chmod 755 "$T"
cp -L "$PFQ_BUILD"/libpcap-pfq/stage/pfq/libpcap.so.0.8 "$PFQ_BUILD"/lib/.libs/libpfq.so.0 "$T/"
LIBS=$T
printf '%s\n' '[pfqd]' 'engine = kernel' "socket = $T/sock" '[group g]' 'device = va' \
	'steer = copy' 'ring = 8M' 'access = root:root 0666' > "$T/conf"
start_pfqd
daemon=(setpriv --reuid=daemon --regid=daemon --clear-groups --inh-caps=-all)
echo 24 > $pool
[ "$(free_pages)" -eq 24 ] || fail "no pool of huge pages: $(grep Huge /proc/meminfo)"

our_tcpdump first -i pfq@g -s 128 -w /dev/null icmp
says first '16384 KiB in huge pages of this process, 18432 KiB locked'
[ "$(free_pages)" -eq 15 ] || fail "not nine huge pages are taken: $(free_pages) of 24 are free"
pinned=$(awk '/^VmPin/ { print $2 }' "/proc/${PID[first]}/status")
[ "$pinned" -eq 18432 ] || fail "$pinned KiB are pinned, not 18432"
stop_tcpdump first
for _ in $(seq 50); do
	[ "$(free_pages)" -ne 24 ] || break
	sleep 0.1
done
[ "$(free_pages)" -eq 24 ] || fail "huge pages were lost: $(free_pages) of 24 are free"

one pinned 'in huge pages of this process'
one group_ring '8192 KiB in huge pages of this process, 10240 KiB locked' env -u PFQ_RING
one off "the engine's memory: no huge pages were requested" env PFQ_HUGEPAGES=off
one locked "16384 KiB in the engine's memory: more than the process may lock" \
	prlimit --memlock=4194304 "${daemon[@]}"
one shrunk '2048 KiB instead of 16384 KiB in huge pages of this process, 4096 KiB locked' \
	prlimit --memlock=4194304 "${daemon[@]}" env PFQ_HUGEPAGES=2M
echo 5 > $pool
one small_pool "the engine's memory: the pool of huge pages has no room"
one small_ring '8192 KiB instead of 16384 KiB in huge pages' env PFQ_HUGEPAGES=2M
echo 0 > $pool
one no_pool "the engine's memory: no pool of huge pages has free pages"
for bad in '2M the pool of huge pages has no room' '3M allowed: auto, off' '3M PFQ_HUGEPAGES'; do
	in_a env LD_LIBRARY_PATH="$LIBS" PFQ_HUGEPAGES="${bad%% *}" \
		tcpdump -Z root -i pfq@g -w /dev/null > "$T/bad" 2>&1 && fail "$bad was not refused"
	grep -q "${bad#* }" "$T/bad" || fail "PFQ_HUGEPAGES=${bad%% *}: $(cat "$T/bad")"
done

# The limit of one user, in both kinds of memory. Huge pages count whole: 18 MiB.
echo 24 > $pool
echo 26 > /sys/module/pfq/parameters/user_ring_mib
RUN=(prlimit --memlock=1073741824 "${daemon[@]}")
our_tcpdump user1 -i pfq@g -s 128 -w /dev/null icmp
says user1 '16384 KiB in huge pages'
one user2 "8192 KiB instead of 16384 KiB in the engine's memory" \
	"${daemon[@]}" env PFQ_HUGEPAGES=off
stop_tcpdump user1
stop_pfqd
gone
echo "PASS"
