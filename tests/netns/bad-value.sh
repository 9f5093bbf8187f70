#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A value out of range is refused; the error has the line, the key, the value and the
# allowed values.
. "$(dirname "$0")/../lib.sh"
begin
# group_with KEY VALUE: print a group that is correct but for this key
group_with()
{
	printf '[pfqd]\nsocket = %s\n[group demo]\nid = 42\ndevice = lo\n%s = %s\n' \
		"$SOCKET" "$1" "$2"
}

group_with steer sideways | refuses engine.conf:6 steer sideways flow
group_with members -1 | refuses engine.conf:6 members -1
group_with members 257 | refuses engine.conf:6 members 256
group_with snaplen 300000 | refuses engine.conf:6 snaplen 262144
group_with frag_wait 31s |
	refuses engine.conf:6 frag_wait 31s "a time up to 30s, as 50ms, or 0 for none"
group_with frag_wait 50 | refuses engine.conf:6 frag_wait 50 "us, ms, s"
group_with linger 2h | refuses engine.conf:6 linger 2h "a time up to 3600s, as 10s, or 0"
group_with linger_to nobody | refuses engine.conf:6 linger_to nobody "drop, others"
group_with ring 3X | refuses engine.conf:6 ring 3X
group_with vlan 4096 | refuses engine.conf:6 vlan 4096 4094
group_with direction up | refuses engine.conf:6 direction up inout
group_with promisc maybe | refuses engine.conf:6 promisc maybe
group_with access nobody-of-that-name:root | refuses engine.conf:6 access nobody-of-that-name
group_with filter 'not a filter' | refuses engine.conf:6 filter
group_with mode loud | refuses engine.conf:6 mode loud sniff tap
group_with ingest carrier-pigeon | refuses engine.conf:6 ingest carrier-pigeon packet
# Keys that are not implemented yet are refused with a text that says so.
group_with ingest memif | refuses engine.conf:6 ingest memif "not supported yet"
group_with lang 'ip >-> steer_flo' | refuses engine.conf:6 lang "column 8" "did you mean steer_flow"
printf '[pfqd]\nworkers = 65\n' | refuses engine.conf:2 workers 64
printf '[pfqd]\nengine = gpu\n' | refuses engine.conf:2 engine gpu "auto, user, kernel"
printf '[pfqd]\nmetrics = 127.0.0.1:9469\n' | refuses engine.conf:2 metrics "not supported yet"
