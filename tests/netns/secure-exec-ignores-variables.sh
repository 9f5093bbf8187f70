#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A program with privileges of its own (AT_SECURE) ignores the variables, and is told so. Its device
# stays ordinary, although it loads our library.
. "$(dirname "$0")/../lib.sh"
begin
need setcap getcap unshare
wire_up
start_group demo steer=copy 'access=root:root 0666'
system=$(readlink -f "$(ldconfig -p | awk '/libpcap\.so\.0\.8 / { print $NF; exit }')")
[ -f "$system" ] || skip "the system has no libpcap that ours could replace"
chmod 666 "$SOCKET"
install -D "$T/lib/libpfq.so.0" "$T/libpfq/libpfq.so.0"

# run NAME VARIABLE=VALUE...: start tcpdump as nobody, in a mount namespace where our libpcap
# replaces the system's
run()
{
	local name=$1

	shift
	# shellcheck disable=SC2016 # these expand in there
	background "$name" env "$@" LD_LIBRARY_PATH="$T/libpfq" \
		ip netns exec "$NS_A" unshare -m sh -c '
		mount --bind "$1" "$2"
		exec setpriv --reuid=65534 --regid=65534 --clear-groups \
			"$3" -n -i wire0 -w "$4"' sh "$T/lib/libpcap.so.0.8" "$system" \
		"$TCPDUMP" "$T/pcap/$name.pcap"
	wait_for 5 "tcpdump, see $name.err" grep -q 'listening on' "$T/$name.err"
}

# Without privileges of its own the same program is taken over.
run plain PFQ_GROUP=demo PFQ_wire0=1
wait_members demo 1
stop_captures plain
wait_members demo 0

setcap cap_net_raw,cap_net_admin+ep "$TCPDUMP" || skip "no file capabilities on $T"
run secure PFQ_GROUP=demo PFQ_wire0=1
grep -q "$(stat -c %i "$T/lib/libpcap.so.0.8")" "/proc/${PID[secure]}/maps" ||
	fail "the program has not loaded our library"
wait_members demo 0
ctl_is endpoints '.endpoints == []' ||
	fail "a privileged program was taken over by a variable"
grep -qF 'PFQ_GROUP is ignored, because this program has privileges of its own' "$T/secure.err" ||
	fail "the program is not told: $(cat "$T/secure.err")"
! grep -q ignored "$T/plain.err" || fail "a program that is taken over is warned"
frames b --kinds udp4 --packets 20
wait_for 10 "20 packets" has_captured secure 20
stop_captures secure
[ "$(packets_in secure)" -eq 20 ] || fail "the ordinary device does not work"
run slip PFQ_GRUOP=demo
stop_captures slip
grep -qF 'PFQ_GRUOP: there is no such variable; did you mean PFQ_GROUP?' "$T/slip.err" ||
	fail "the program is not told of a misspelt variable: $(cat "$T/slip.err")"
stop_engine
