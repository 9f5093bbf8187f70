#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# captop refuses a wrong value; the error has the option, the value and the allowed values.
# If libpcap or the kernel refuses a value, the error has the option and the value, too.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/bench.sh"
begin
wire_up

bad()
{
	refused_line "$@"
	[ ! -s "$T/refused.out" ] || fail "$*: it printed $(cat "$T/refused.out")"
}

bad 'give -i DEV, -o DEV or -r FILE' -- "$CAPTOP"
bad --interface --output exclude -- "$CAPTOP" -i lo -o lo
bad --json --csv exclude -- "$CAPTOP" -i lo --json --csv
bad --nonblock --next exclude -- "$CAPTOP" -i lo --nonblock --next
bad --count '"0"' '1 to' -- "$CAPTOP" -i lo -c 0
bad --count '"1k"' '1 to' -- "$CAPTOP" -i lo -c 1k
bad --snaplen '"0"' '1 to 262144' -- "$CAPTOP" -i lo -s 0
bad --snaplen '"262145"' '1 to 262144' -- "$CAPTOP" -i lo -s 262145
bad --timeout '"-1"' '3600000' -- "$CAPTOP" -i lo -t -1
bad --buffer '"2048M"' '2047M' -- "$CAPTOP" -i lo -B 2048M
bad --for '"0"' '1ms' -- "$CAPTOP" -i lo --for 0
bad --for '"2h"' '5m' -- "$CAPTOP" -i lo --for 2h
bad --genlen '"59"' '60 to 1514' -- "$CAPTOP" -o lo -g 59
bad --rate '"0"' '1 to 1G' -- "$CAPTOP" -o lo --rate 0
bad --rate ' 3:' ' 4 ' -- "$CAPTOP" -o lo --rate 3 --thread 4
bad --thread '"0"' '1 to 1024' -- "$CAPTOP" -i lo --thread 0
bad --thread '1024 on 2' -- "$CAPTOP" -i lo -i lo --thread 1024
bad --first-core '"100000"' 'CPUs' -- "$CAPTOP" -i lo --first-core 100000
bad --first-core "$(nproc --all) threads" -- "$CAPTOP" -i lo --first-core 1 \
	--thread "$(nproc --all)"
bad --fanout '"foo"' 'hash, lb, cpu' -- "$CAPTOP" -i lo --fanout foo
bad --fanout '"hash:65536"' '65535' -- "$CAPTOP" -i lo --fanout hash:65536
bad --fanout '"hash:"' '65535' -- "$CAPTOP" -i lo --fanout hash:
bad --interface '""' -- "$CAPTOP" -i ''
bad --loop '"x"' '0 to' -- "$CAPTOP" -r x -o lo --loop x
bad --write '"-"' 'one thread' -- "$CAPTOP" -i lo -w - --thread 2
# An option that has no effect in the mode is refused, and not ignored.
bad --rate capture -- "$CAPTOP" -i lo --rate 3
bad --snaplen inject -- "$CAPTOP" -o lo -s 60
bad --genlen replay -- "$CAPTOP" -r x -o lo -g 60
bad --thread read -- "$CAPTOP" -r x --thread 2
bad filter '"udp"' inject -- "$CAPTOP" -o lo udp

export STATUS=1
bad --interface '"nothing0"' 'No such device' -- "$CAPTOP" -i nothing0
bad --output '"nothing0"' 'No such device' -- "$CAPTOP" -o nothing0
bad --read '"/nothing"' 'No such file' -- "$CAPTOP" -r /nothing
bad --read '"/etc/passwd"' -- "$CAPTOP" -r /etc/passwd
bad --write '/nothing/x' 'No such file' -- in_a "$CAPTOP" -i wire0 -w /nothing/x
bad filter '"tcp porto 80"' -- in_a "$CAPTOP" -i wire0 tcp porto 80
ip -n "$NS_A" link set wire0 down
bad --interface '"wire0"' 'not up' -- in_a "$CAPTOP" -i wire0
ip -n "$NS_A" link set wire0 up

# Another fan-out with another mode has the id already.
listen first --fanout hash:7
bad --fanout '"wire0"' 'id 7' 'one mode' -- in_a "$CAPTOP" -i wire0 --fanout lb:7
hear first

# The frames of the file are of another link type than the device.
"$TOOLS/pfq-frames" --packets 3 -w "$(pcap file)" >/dev/null
printf '\161' | dd of="$(pcap file)" bs=1 seek=20 conv=notrunc status=none # LINKTYPE_LINUX_SLL
bad --read 'link type' EN10MB -- in_a "$CAPTOP" -r "$(pcap file)" -o wire0
