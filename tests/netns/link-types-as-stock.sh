#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Compares all device types that exist here, and a tun of each type that the kernel knows.
# If the system's libpcap captures a type as Ethernet or raw IP, ours captures the same
# packets. Ours refuses all other types; the error names the type and its name in the
# system's libpcap.
. "$(dirname "$0")/../lib.sh"
begin
need "$TOOLS/pfq-tun"
[ -e /dev/net/tun ] || modprobe -q tun || skip "this kernel has no tun devices"
wire_up
start_group wire

# list VARIABLE DEVICE: print the link types from "tcpdump -L", or its error
list()
{
	in_a env "$1" timeout $((10 * PATIENCE)) "$TCPDUMP" -L -i "$2" 2>&1 |
		sed -e '/^Data link types/d' -e '/^Warning/d' -e 's/^  \([A-Z0-9_]*\) .*/\1/' |
		tr '\n' ' '
}

# compare DEVICE WHAT: compare the two libraries' lists; WHAT names the device in errors
compare()
{
	local stock ours

	stock=$(list NONE=1 "$1")
	ours=$(list LD_LIBRARY_PATH="$T/lib" "pfq:$1")
	case $stock:$ours in
	"EN10MB DOCSIS :EN10MB DOCSIS " | "RAW :RAW ") ;;
	"EN10MB :EN10MB DOCSIS ") ;; # loopback, for one
	"LINUX_SLL "*:*"captures cooked (LINUX_SLL): not supported; allowed: Ethernet, raw IP"*) ;;
	"LINUX_SLL "*:"RAW ") [ "$2" = "type 519" ] || fail "$2: raw IP here, cooked with stock" ;;
	# a link type without a name in tcpdump
	"DLT "*:*"its link type, "*" (ARPHRD_"*"is not supported; allowed: Ethernet, raw IP"*) ;;
	*:*"its link type, ${stock%% *} (ARPHRD_"*"is not supported; allowed: Ethernet, raw IP"*) ;;
	*) fail "$2: the system's libpcap says \"$stock\", ours \"$ours\"" ;;
	esac
	seen="$seen${stock%% *} "
}

tuns()
{
	background tun ip netns exec "$NS_A" "$TOOLS/pfq-tun" "$@"
	wait_for 5 "tuns of types $*, see tun.err" grep -q ready "$T/tun.out"
}

tuns_end()
{
	kill -TERM "${PID[tun]}"
	ended tun || true
}

types=$(sed -n 's/^\t\(ETHERNET\|RAW\|COOKED\|OTHER\)(\([0-9]*\),.*/\2/p' \
	"$PFQ_SRC/core/linktype.c")
if [ "$ENGINE" = user ]; then
	# all types of the kernel's header, and one that does not exist
	types="$types 9999 $(sed -n 's/^#define ARPHRD_[A-Z0-9_]*[[:space:]]\+\([0-9]\+\).*/\1/p' \
		/usr/include/linux/if_arp.h 2>/dev/null || true)"
else
	# The table is the same, and an emulated machine is slow: a few types are enough.
	types="1 15 256 512 519 768 769 776 778 803 65534 9999"
fi
types=$(tr ' ' '\n' <<<"$types" | sort -nu) seen=
# shellcheck disable=SC2086 # words
tuns $types
for type in $types; do
	compare "tun$type" "type $type"
done
tuns_end
for word in EN10MB RAW LINUX_SLL IEEE802_11_RADIO; do
	[[ $seen = *"$word "* ]] || fail "no type was $word: $seen"
done

# both WHAT DEVICE N: both libraries capture the same N packets
both()
{
	local name

	reference stock "$2" -v
	capture ours "pfq:$2"
	[ "$1" = made ] || kill -USR1 "${PID[tun]}"
	# wireguard has no peer, but it drops a packet only after all sockets have seen it.
	in_a bash -c 'for i in 1 2 3; do echo >/dev/udp/10.9.0.2/9; done' 2>/dev/null || true
	wait_for 10 "$3 packets by $2" ctl_is endpoints ".endpoints[0].read >= $3"
	wait_for 10 "the system's libpcap to have $3, too" grep -q "Got $3" "$T/stock.err"
	stop_captures ours stock
	for name in stock ours; do
		tcpdump -nn -t -xx -r "$(pcap $name)" >"$T/$name.txt" 2>/dev/null
	done
	cmp "$T/stock.txt" "$T/ours.txt" ||
		fail "$2 ($1): $(diff "$T/stock.txt" "$T/ours.txt" | head)"
	[ "$(packets_in ours)" -eq "$3" ] || fail "$2 ($1): $(packets_in ours) packets, not $3"
}

for type in 65534 776; do
	tuns $type
	in_a ip address add 10.9.0.1/24 dev "tun$type"
	both "type $type" "tun$type" 13
	tuns_end
done

made=
v4="local 10.77.0.1 remote 10.77.0.2" v6="local fd77::1 remote fd77::2"
for kind in "ipip $v4" "sit $v4" "gre $v4" "ip6tnl $v6" "ip6gre $v6" "vti $v4 key 5" \
	wireguard dummy nlmon vcan ifb; do
	# shellcheck disable=SC2086 # words
	ip -n "$NS_A" link add kind0 type $kind 2>/dev/null || continue
	made="$made ${kind%% *}"
	ip -n "$NS_A" link set kind0 up
	compare kind0 "${kind%% *}"
	case $kind in
	ipip* | wireguard)
		ip -n "$NS_A" address add 10.9.0.1/24 dev kind0
		both made kind0 3
		;;
	esac
	ip -n "$NS_A" link del kind0
done
stop_engine
echo "types: $(wc -w <<<"$seen"), kinds:${made:- none}"
