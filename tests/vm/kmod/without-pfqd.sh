#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Without pfqd, and without a choice of engine: root's tcpdump makes a group by joining it.
# Another one shares it and gives up root, and pfqctl shows it. A user without permission
# gets an error that says so. The module cannot be removed while a program uses it.
. "$(dirname "$0")/lib.sh"
unset PFQ_SOCKET

load
wire
export PFQ_GROUP=7
our_tcpdump first -i pfq:va -w "$T/first.pcap"
chmod 755 "$T"
cp -L "$PFQ_BUILD"/libpcap-pfq/stage/pfq/libpcap.so.0.8 "$PFQ_BUILD"/lib/.libs/libpfq.so.0 "$T/"
LIBS=$T
install -d -m 777 "$T/dropped"
our_tcpdump second -Z daemon -i pfq:va -w "$T/dropped/second.pcap"
unset PFQ_GROUP
ctl() { in_a "$PFQ_BUILD/tools/pfqctl/pfqctl" "$@"; }
[ "$(ctl groups --json | jq -r '.groups[] | "\(.name) \(.id) \(.members)"')" = "7 7 2" ] ||
	fail "pfqctl groups: $(ctl groups)"
ctl status | grep -q kernel || fail "pfqctl status: $(ctl status)"
for who in 'pfq@7 the group' 'pfq:va a device'; do
	if in_a setpriv --reuid=daemon --regid=daemon --clear-groups --inh-caps=-all env \
		LD_LIBRARY_PATH="$LIBS" tcpdump -i "${who% * *}" -w /dev/null \
		> "$T/refused" 2>&1; then
		fail "user daemon gets ${who#* }"
	fi
	grep -q 'may not join\|CAP_NET_ADMIN' "$T/refused" || fail "$who: $(cat "$T/refused")"
done
in_a env LD_LIBRARY_PATH="$LIBS" tcpdump -D | grep -q 'pfq@7' ||
	fail "tcpdump -D does not list the group"
! rmmod pfq 2> /dev/null || fail "the module was removed while it was used"
in_a busybox ping -q -A -c 20 10.7.0.2 > /dev/null
for i in $(seq 1 30); do
	in_a busybox nc -w 1 10.7.0.2 $((1000 + i)) < /dev/null > /dev/null 2>&1 || true
done
sleep 1
stop_tcpdump first
stop_tcpdump second
one=$(in_summary first captured) two=$(in_summary second captured)
echo "$one and $two packets"
[ "$((one + two))" -ge 90 ] || fail "too few packets came"
[ "$(ctl groups --json | jq '.groups | length')" -eq 0 ] ||
	fail "the group still exists without members"
gone
echo "PASS"
