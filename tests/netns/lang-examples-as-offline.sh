#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Each program of conf/examples gives its members the same bytes, in the same order, as pfqctl lang
# try writes for that class from the same capture: services that the programs know, and frames of
# every kind.
. "$(dirname "$0")/../lib.sh"
CAPTOP=$PFQ_BUILD/tools/captop/captop
begin
need "$CAPTOP"
wire_up

# record HEX: add a frame to the records, two milliseconds after the one before
record()
{
	local bytes=$((${#1} / 2)) field

	us=$((us + 2000))
	for field in $((us / 1000000)) $((us % 1000000)) $bytes $bytes; do
		printf -v field %02x%02x%02x%02x $((field & 255)) $((field >> 8 & 255)) \
			$((field >> 16 & 255)) $((field >> 24))
		records+=$field
	done
	records+=$1
}

# service PROTOCOL SPORT DPORT BYTES [BEGINNING]: record a packet over IPv4 with so many bytes of
# payload, in both directions
service()
{
	local ethernet=0200000000010200000000020800 payload=${5:-} there back ip l4
	local header=8

	if [ "$1" -eq 6 ]; then
		header=20 l4=00000000000000075018040000000000
	else
		printf -v l4 %04x0000 $((8 + $4))
	fi
	printf -v payload "%s%0$((2 * $4 - ${#payload}))x" "$payload" 0
	# up to the checksum, which nobody looks at; no packet is a copy of another one
	printf -v ip 4500%04x%04x000040%02x0000 $((20 + header + $4)) $((us / 2000)) "$1"
	printf -v there 0a0000010a000002%04x%04x "$2" "$3"
	printf -v back 0a0000020a000001%04x%04x "$3" "$2"
	record "$ethernet$ip$there$l4$payload"
	record "$ethernet$ip$back$l4$payload"
}

# the same byte order and unit of time as in the records above
"$TOOLS/pfq-frames" -w "$(pcap all)" --packets 400 --flows 40 --size 700 --kinds \
	udp4,tcp4,udp6,tcp6,sctp4,icmp4,frag4,frag6,ext6,vlan,qinq,mpls,pppoe,arp,lldp > /dev/null
[ "$(head -c 4 "$(pcap all)" | od -An -tx4)" = " a1b2c3d4" ] || fail "another form of captures"
us=1000000 records=''
for ((i = 0; i < 8; i++)); do
	service 17 $((40000 + i)) 53 $((30 + 100 * i))			# DNS
	service 17 5060 5060 400 494e5649				# SIP
	service 17 $((20000 + 2 * i)) $((20002 + 2 * i)) 160 8000	# RTP
	service 17 $((20001 + 2 * i)) $((20003 + 2 * i)) 60 80c8	# RTCP
	service 6 $((50000 + i)) 443 $((10 + 150 * i)) 170303		# TLS
	service 6 $((51000 + i)) 80 1000 474554				# HTTP
done
# shellcheck disable=SC2059,SC2001 # the bytes are the format; & needs bash 5.2
printf "$(sed 's/../\\x&/g' <<< "$records")" >> "$(pcap all)"
n=$(packets_in all)

for program in "$PFQ_SRC"/conf/examples/*.lang; do
	rm -f "$T"/pcap/try-* "$T"/pcap/live-*
	ctl lang try "$program" "$(pcap all)" -w "$T/pcap/try" > "$T/try" || fail "$(cat "$T/try")"
	start_group demo "lang = file:$program"
	classes=()
	for file in "$T"/pcap/try-class-*.pcap; do
		class=${file##*-} class=${class%.pcap}
		classes+=("$class")
		PFQ_CLASS=$class capture "live-$class" pfq@demo
	done
	[ "${#classes[@]}" -gt 0 ] || fail "$program has no output"
	wait_members demo "${#classes[@]}"
	# one CPU sends, so that the frames keep their order
	in_b timeout $((60 * PATIENCE)) "$CAPTOP" --json -o wire1 -r "$(pcap all)" \
		--rate 1000 --thread 1 --first-core "$(first_cpu)" > "$T/sent" ||
		fail "captop: $(cat "$T/sent")"
	drain
	stats_add_up all
	nothing_lost
	stat_is ".groups[0].counters.recv == $n"
	for class in "${classes[@]}"; do
		stop_captures "live-$class"
		check --same "try-class-$class" "live-$class"
	done
	stop_engine
	echo "${program##*/}: ${#classes[@]} classes are the same as offline"
done
