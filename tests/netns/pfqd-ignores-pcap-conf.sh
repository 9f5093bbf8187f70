#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfqd compiles filters on the device lo, perhaps by our libpcap. A pcap.conf that brings every
# program to a group does not bring pfqd to its own group, and a broken one does not keep it from
# starting.
. "$(dirname "$0")/../lib.sh"
begin
need unshare
wire_up
etc=$(configured sysconfdir)
[ -d "$etc" ] || skip "$etc is missing on this machine"
cp -a "$etc" "$T/etc"
mkdir -p "$T/etc/pfq"

launch_with_file()
{
	# shellcheck disable=SC2016 # these expand in there
	background engine ip netns exec "$NS_A" unshare -m sh -c '
		mount --bind "$1" "$2" && export LD_LIBRARY_PATH="$3" && shift 3 && exec "$@"' sh \
		"$T/etc" "$etc" "$T/lib" "$PFQD" -c "$T/engine.conf"
}

for file in '[default]\ngroup = demo\nforce_all = yes\n' 'this is no file of programs\n'; do
	printf '%b' "$file" >"$T/etc/pfq/pcap.conf"
	engine_configure < <(printf '%s\n' '[group demo]' 'device = wire0' 'filter = udp port 7')
	launch_with_file
	wait_for 20 "the engine, see engine.err" engine_is_up
	grep -q "$(stat -c %i "$T/lib/libpcap.so.0.8")" "/proc/${PID[engine]}/maps" ||
		fail "pfqd has not loaded our libpcap"
	ctl_is endpoints '.endpoints == []' || fail "pfqd has joined: $(ctl endpoints --json)"
	stop_engine
done
