#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# captop measures a pfq group through our libpcap as it measures a device through the
# system's. Its threads are members, each packet goes to one of them, and the sums agree
# with the engine's.
. "$(dirname "$0")/../lib.sh"
CAPTOP=$PFQ_BUILD/tools/captop/captop
begin
need "$CAPTOP"
wire_up
start_group share steer=flow

# ours NAME ARGUMENT...: start captop --json on our libpcap
ours()
{
	local name=$1

	shift
	background "$name" env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" "$CAPTOP" --json "$@"
}

ours four -i pfq@share --thread 4
wait_members share 4
frames b --kinds udp4,tcp4,udp6,frag4,arp --packets 4000 --flows 200
n=$(in_a cat /sys/class/net/wire0/statistics/rx_packets)
drain
stats_add_up
kill -INT "${PID[four]}"
ended four 5 || fail "captop: status $?"
tail -n 1 "$T/four.out" >"$T/stats.json"
stat_is '.ended == "signal"' \
	".all.packets == $n" ".all.recv == $n" '.all | .drop + .ifdrop + .unread == 0' \
	'all(.threads[]; .packets > 0 and .packets == .recv)' '[.threads[].packets] | add == '"$n"

# A group refuses --fanout, by whatever name captop opens it.
for how in "PFQ_X=1 -i pfq@share" "PFQ_GROUP=share -i wire0"; do
	status=0
	# shellcheck disable=SC2086
	in_a env LD_LIBRARY_PATH="$T/lib" ${how%% *} "$CAPTOP" ${how#* } --fanout hash --for 1 \
		2>"$T/refused.log" || status=$?
	[ $status -eq 1 ] || fail "$how --fanout: status $status"
	grep -q -- '--fanout: "[a-z0-9@]*".*PFQ_STEER' "$T/refused.log" ||
		fail "$how --fanout: $(cat "$T/refused.log")"
done

# The time limit ends threads that get no packets.
ours clock -i pfq@share --thread 2 --for 1.2
ended clock 5 || fail "--for: status $?"
tail -n 1 "$T/clock.out" >"$T/stats.json"
stat_is '.ended == "time"' '.time < 2'

# A member of the kernel engine goes on without pfqd.
[ "$ENGINE" = user ] || { stop_engine; exit 0; }
# When the engine ends and does not come back, captop ends with an error and its summary.
PFQ_RECONNECT=no ours orphan -i pfq@share
wait_members share 1
stop_engine
status=0
ended orphan 5 || status=$?
[ $status -eq 1 ] || fail "status $status after the engine went"
tail -n 1 "$T/orphan.out" >"$T/stats.json"
stat_is '.type == "summary"' '.ended == "error"'
