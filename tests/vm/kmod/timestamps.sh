#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A member that asks for the adapter's timestamps gets them for packets that the device
# received and stamped. All other packets, also sent ones, have the host's timestamps. A
# member that joins the group later gets the same kind, and its log names the kind. One group or
# device cannot have both kinds. The user engine does not list the adapter's timestamps.
. "$(dirname "$0")/lib.sh"

load
insmod "$PFQ_STAMPING_KO" || fail "insmod $PFQ_STAMPING_KO"
ip netns add a
ip link set stamp0 netns a
ip -n a link set lo up
ip -n a addr add 10.9.0.1/24 dev stamp0
ip -n a link set stamp0 up
# Each ping comes back as if for another host, is forwarded with the stamp that it came
# with, and comes back once more.
mac=$(ip -n a -j link show dev stamp0 | jq -r '.[0].address')
ip -n a neigh add 10.9.0.2 lladdr "$mac" dev stamp0
in_a sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.{all,stamp0}.rp_filter=0 \
	net.ipv4.conf.stamp0.accept_local=1 net.ipv4.conf.{all,stamp0}.send_redirects=0

send()
{
	in_a busybox ping -q -c 3 -t 2 -W 1 10.9.0.2 > /dev/null 2>&1 || true
	sleep 1
}

# stamps NAME: count the stamps of the host and of the adapter, as "HOST ADAPTER"
stamps()
{
	tcpdump -tt -n -r "$T/$1.pcap" 2> /dev/null |
		awk '{ if ($1 >= 1000000 && $1 < 1001000) a++
				else if ($1 > 1600000000) h++; else bad++ }
			END { printf "%d %d%s\n", h, a, bad ? " and others" : "" }'
}

# has NAME STAMPS: check them
has()
{
	echo "$1: $(stamps "$1")"
	[ "$(stamps "$1")" = "$2" ] ||
		fail "$1 has $(stamps "$1") by host and adapter instead of $2"
}

# refused TEXT ARGS...: tcpdump fails, and its error has TEXT
refused()
{
	local text=$1
	shift
	! in_a env LD_LIBRARY_PATH="$LIBS" timeout 20 tcpdump -Z root -w /dev/null "$@" \
		> "$T/refused" 2>&1 ||
		fail "tcpdump $* is not refused"
	grep -q "$text" "$T/refused" || fail "tcpdump $*: $(cat "$T/refused")"
}

in_a env LD_LIBRARY_PATH="$LIBS" tcpdump -J -i pfq:stamp0 > "$T/types" 2>&1 ||
	fail "$(cat "$T/types")"
[ "$(grep -oE '^  [a-z_]+' "$T/types" | xargs)" = "host adapter_unsynced" ] ||
	fail "$(cat "$T/types")"

PFQ_GROUP=7 our_tcpdump host --immediate-mode -i pfq:stamp0 -w "$T/host.pcap" icmp
refused "one group of the device has the host's timestamps" -j adapter_unsynced -i pfq:stamp0
refused "the group has the host's timestamps" -j adapter_unsynced -i pfq@7
send
stop_tcpdump host
has host "12 0"

PFQ_GROUP=7 PFQ_STEER=copy our_tcpdump adapter --immediate-mode -j adapter_unsynced \
	-i pfq:stamp0 -w "$T/adapter.pcap" icmp
PFQ_DEBUG=1 our_tcpdump later --immediate-mode -i pfq@7 -w "$T/later.pcap" icmp
grep -q "timestamps: the adapter's" "$T/later.err" ||
	fail "the new member is not told: $(cat "$T/later.err")"
refused "one group of the device has the host's timestamps" -i pfq:stamp0
grep 'hook stamp0 .* time adapter' /sys/kernel/debug/pfq/state ||
	fail "$(cat /sys/kernel/debug/pfq/state)"
send
stop_tcpdump adapter
stop_tcpdump later
has adapter "6 6"
has later "6 6"

printf '[pfqd]\nengine = user\nsocket = %s\n[group g]\nid = 9\ndevice = lo\n' "$T/sock" > "$T/conf"
start_pfqd
in_a env LD_LIBRARY_PATH="$LIBS" tcpdump -J -i pfq@9 > "$T/types" 2>&1 || fail "$(cat "$T/types")"
[ "$(grep -oE '^  [a-z_]+' "$T/types" | xargs)" = host ] || fail "$(cat "$T/types")"
stop_pfqd
ip -n a link set stamp0 down
rmmod stamping || fail "rmmod stamping"
gone
echo "PASS"
