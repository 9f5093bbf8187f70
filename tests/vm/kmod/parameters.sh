#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Tests the module's parameters. A value out of range is refused, at loading and at writing,
# and the kernel's log names the allowed values. userns decides whether administrators of
# child user namespaces may use the module. pfq(4) describes each parameter.
. "$(dirname "$0")/lib.sh"

parameters=/sys/module/pfq/parameters
said()
{
	dmesg | tail -n 5 | grep -q "pfq: parameter $1: allowed: $2" ||
		fail "not in the log: $1: $2"
}

for bad in 'ring_max_mib=0 1 to 16384' 'ring_max_mib=16385 1 to 16384' \
	'user_endpoints=65537 0 to 65536' 'user_ring_mib=many 0 to 16777216' \
	'user_filter_insns=-1 0 to 268435456'; do
	insmod "$PFQ_KO" "${bad%% *}" 2> "$T/insmod" && fail "loaded with ${bad%% *}"
	said "${bad%% *}" "${bad#* }"
done
insmod "$PFQ_KO" userns=perhaps 2> "$T/insmod" && fail "loaded with userns=perhaps"

load ring_max_mib=32 user_endpoints=1
[ "$(cat $parameters/ring_max_mib)" -eq 32 ] ||
	fail "ring_max_mib is $(cat $parameters/ring_max_mib)"
! echo 99999 > $parameters/ring_max_mib || fail "ring_max_mib=99999 was written"
said ring_max_mib=99999 '1 to 16384'
! echo '' > $parameters/user_endpoints || fail "a valid value was not written"
[ "$(cat $parameters/ring_max_mib) $(cat $parameters/user_endpoints)" = '32 1' ] ||
	fail "a refused value was kept"
for file in "$parameters"/*; do
	grep -q "$(basename "$file")" "$(dirname "$0")/../../../man/pfq.4" ||
		fail "$(basename "$file") is not in pfq(4)"
	modinfo -F parm "$PFQ_KO" | grep -q "^$(basename "$file"):" ||
		fail "$(basename "$file") has no description"
done
wire
PFQ_DEBUG=1 our_tcpdump large -i pfq:va -B 65536 -s 128 -w /dev/null
grep -q 'ring: 32768 KiB instead of 65536 KiB' "$T/large.err" || fail "$(cat "$T/large.err")"
stop_tcpdump large

# as_child: capture as the administrator of a user namespace with its own network namespace
as_child()
{
	timeout 20 unshare -Urn sh -c "ip link set lo up &&
		exec env LD_LIBRARY_PATH='$LIBS' PFQ_GROUP=7 \
		tcpdump -Z root --immediate-mode -c 2 -i pfq:lo -w /dev/null" > "$T/child" 2>&1
}

! as_child || fail "a child user namespace's root may make groups"
grep -q 'child user namespaces may not do this; allowed with .*userns=1' "$T/child" ||
	fail "$(cat "$T/child")"
gone
load userns=1
# Not tcpdump: it gives up root, and a namespace with one user cannot do this.
timeout 60 unshare -Urn sh -c "ip link set lo up &&
	(sleep 10; busybox ping -q -c 4 127.0.0.1) > /dev/null & \
	exec env LD_LIBRARY_PATH='$LIBS' PFQ_GROUP=7 \
	'$PFQ_BUILD/tools/captop/captop' --json --for 25 -i pfq:lo" \
	> "$T/child" 2>&1 || fail "with userns=1: $(cat "$T/child")"
[ "$(grep '"type":"summary"' "$T/child" | jq .all.packets)" -ge 4 ] || fail "$(cat "$T/child")"
gone
echo "PASS"
