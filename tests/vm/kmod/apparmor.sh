#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Runs Debian's tcpdump under Debian's enforced profile, with the files of "make install" at
# the paths that a user has. With the plain profile our library is not used. With our rules
# tcpdump captures through /dev/pfq, through pfqd with either engine, as root and after it
# has given up root, and from ordinary devices. No access is denied.
. "$(dirname "$0")/lib.sh"
unset PFQ_SOCKET
LIBS=''
RULES=/etc/apparmor.d
LINKER=/etc/ld.so.conf.d/00-pfq.conf

[ -e /sys/kernel/security/apparmor/profiles ] || skip "this kernel has no AppArmor"
need apparmor_parser
[ -f $RULES/usr.bin.tcpdump ] || skip "this tcpdump has no profile"

# Later scripts use the system's library, and are not confined.
back()
{
	guest_cleanup
	apparmor_parser -R $RULES/usr.bin.tcpdump
	rm -f $LINKER
	ldconfig
}
trap 'back || true' EXIT

enforce()
{
	apparmor_parser -K -r $RULES/usr.bin.tcpdump || fail "the profile does not load"
	grep -qx 'tcpdump (enforce)' /sys/kernel/security/apparmor/profiles ||
		fail "the profile is not enforced"
}

# The denials since the last mark, as the kernel prints them
mark() { echo "apparmor.sh: $*" > /dev/kmsg; }
denied()
{
	dmesg | awk '/apparmor.sh: / { text = "" }
		/apparmor="DENIED"/ { text = text $0 "\n" }
		END { printf "%s", text }'
}
nothing_denied() { [ -z "$(denied)" ] || fail "$1: $(denied)"; }

# captures WHAT USER DEVICE [LIBRARY]: tcpdump captures all of 20 pings and their answers
captures()
{
	local library=${4:-/usr/local/lib/pfq/libpcap.so} uid pid

	mark "$1, as $2"
	our_tcpdump "$1" -Z "$2" -i "$3" -U -w "$T/files/$1-$2.pcap" icmp
	pid=${PID[$1]}
	[ "$(cat "/proc/$pid/attr/current")" = 'tcpdump (enforce)' ] ||
		fail "$1: tcpdump is not confined"
	grep -q "$library" "/proc/$pid/maps" ||
		fail "$1: another libpcap: $(grep libpcap "/proc/$pid/maps")"
	uid=$(awk '/^Uid:/ { print $2 }' "/proc/$pid/status")
	[ "$uid" -eq "$(id -u "$2")" ] || fail "$1: tcpdump runs as $uid"
	in_a timeout 20 busybox ping -q -A -c 20 10.7.0.2 > "$T/ping" || fail "$1: $(cat "$T/ping")"
	# the file's head, and 40 frames of 98 bytes with theirs
	for _ in $(seq 100); do
		[ "$(stat -c %s "$T/files/$1-$2.pcap")" -lt $((24 + 40 * (16 + 98))) ] || break
		sleep 0.1
	done
	stop_tcpdump "$1"
	[ "$(in_summary "$1" captured)" -eq 40 ] || fail "$1: $(cat "$T/$1.err")"
	nothing_denied "$1, as $2"
	echo "$1, as $2: 40 packets, nothing denied"
}

# through_pfqd ENGINE WHAT: capture through pfqd with this engine
through_pfqd()
{
	printf '%s\n' '[pfqd]' "engine = $1" '[group g]' 'device = va' 'ring = 8M' \
		'access = root:tcpdump 0660' > /etc/pfq/pfqd.conf
	ip netns exec a /usr/local/sbin/pfqd -c /etc/pfq/pfqd.conf > "$T/pfqd.log" 2>&1 &
	PID[pfqd]=$!
	for _ in $(seq 100); do
		! grep -q listening "$T/pfqd.log" || break
		sleep 0.1
	done
	captures "$2" root pfq@g
	captures "$2" tcpdump pfq@g
	in_a tcpdump -D | grep -q 'pfq@g' || fail "$2: tcpdump -D does not list the group"
	nothing_denied "tcpdump -D"
	kill "${PID[pfqd]}"
	wait "${PID[pfqd]}" || fail "pfqd ended with $?"
}

echo 0 > /proc/sys/kernel/printk_ratelimit	# log every denial
# Make huge pages while memory is not yet fragmented.
echo 32 > /proc/sys/vm/nr_hugepages
export PFQ_HUGEPAGES=off
chmod 755 "$T"
install -d -m 777 "$T/files"
for part in lib libpcap-pfq pfqd; do
	make -s -C "$PFQ_BUILD/$part" install > "$T/install" 2>&1 || fail "$(cat "$T/install")"
done
mkdir -p /run/pfqd
echo /usr/local/lib/pfq > $LINKER
ldconfig
load
wire

mark "without rules"
: > $RULES/local/usr.bin.tcpdump
enforce
if PFQ_GROUP=7 in_a timeout 10 tcpdump -Z root -i pfq:va -c 1 -w "$T/files/no.pcap" 2> "$T/no"; then
	fail "tcpdump captures without our rules"
fi
grep -q 'No such device' "$T/no" || fail "without our rules: $(cat "$T/no")"
denied | grep -q '/usr/local/lib/pfq/libpcap.so' || fail "our library was not denied: $(denied)"
echo "without our rules: $(head -n 1 "$T/no")"

rm -f "$PFQ_BUILD/conf/abstractions/pfq"	# the build's own sysconfdir needs it
make -s -C "$PFQ_BUILD/conf" install sysconfdir=/etc > "$T/install" 2>&1 ||
	fail "$(cat "$T/install")"
enforce
export PFQ_GROUP=7
captures "pfq.ko without pfqd" root pfq:va
captures "pfq.ko without pfqd" tcpdump pfq:va
unset PFQ_GROUP
through_pfqd kernel "pfqd, engine = kernel"
through_pfqd user "pfqd, engine = user"
export PFQ_HUGEPAGES=2M
through_pfqd user "pfqd, huge pages"
unset PFQ_HUGEPAGES
echo 0 > /proc/sys/vm/nr_hugepages
captures "an ordinary device" tcpdump va
gone
echo "PASS"
