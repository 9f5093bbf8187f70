#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Debian's dumpcap has file capabilities, and no variable steers it. The default file does, if only
# root can have written it. A program that is not brought to a group is told which variable it has
# ignored, or why the file was not read.
. "$(dirname "$0")/../lib.sh"
begin
need setcap unshare
wire_up
start_group demo steer=copy 'access=root:mail 0640'
chmod 666 "$SOCKET"
system=$(readlink -f "$(ldconfig -p | awk '/libpcap\.so\.0\.8 / { print $NF; exit }')")
[ -f "$system" ] || skip "the system has no libpcap that ours could replace"

etc=$(configured sysconfdir)
libs=$(configured libdir)
[ -d "$etc" ] && [ -d "$libs" ] || skip "$etc or $libs is missing on this machine"
program=$(command -v dumpcap) || skip "dumpcap is missing"
install -m 755 "$program" "$T/bin/dumpcap"
setcap cap_net_raw,cap_net_admin+ep "$T/bin/dumpcap" || skip "no file capabilities on $T"
cp -a "$etc" "$T/etc"
mkdir -p "$T/etc/pfq"
install -D "$T/lib/libpfq.so.0" "$T/libs/libpfq.so.0"
conf=$T/etc/pfq/pcap.conf

# run NAME [VARIABLE=VALUE...]: start dumpcap as another user, where our libraries and our
# configuration replace the system's
run()
{
	local as=$1

	shift
	# shellcheck disable=SC2016 # these expand in there
	background "$as" env -u PFQ_SOCKET "$@" ip netns exec "$NS_A" unshare -m sh -c '
		mount --bind "$1" "$2" && mount --bind "$3" "$4" && mount --bind "$5" "$6" &&
		shift 6 && exec setpriv --reuid=daemon --regid=mail --clear-groups "$@"' sh \
		"$T/lib/libpcap.so.0.8" "$system" "$T/etc" "$etc" "$T/libs" "$libs" \
		"$T/bin/dumpcap" -i wire0 -w "$T/pcap/$as.pcap"
	wait_for 10 "dumpcap, see $as.err" grep -q 'File: ' "$T/$as.err"
	grep -q "$(stat -c %i "$T/lib/libpcap.so.0.8")" "/proc/${PID[$as]}/maps" ||
		fail "dumpcap has not loaded our library"
}

stop()
{
	kill -INT "${PID[$1]}"
	ended "$1" || fail "$1: $(cat "$T/$1.err")"
	wait_for 5 "$1 to leave" ctl_is endpoints '.endpoints == []'
}

# steered NAME [VARIABLE=VALUE...]: the file brings it to the group, without a warning
steered()
{
	run "$@"
	wait_members demo 1
	! grep -qE 'PFQ_|pcap\.conf' "$T/$1.err" || fail "$1: $(cat "$T/$1.err")"
	frames b --kinds udp4 --packets 20
	drain
	stats_add_up
	stop "$1"
	[ "$("$TOOLS/pfq-check" --json "$T/pcap/$1.pcap" | jq .packets)" -eq 20 ] ||
		fail "$1: not 20 packets"
}

# ordinary NAME TEXT [VARIABLE=VALUE...]: it joins no group, and its warning has TEXT
ordinary()
{
	local text=$2

	set -- "$1" "${@:3}"
	run "$@"
	ctl_is endpoints '.endpoints == []' || fail "$1: it has joined a group"
	if [ -z "$text" ]; then
		! grep -qE 'PFQ_|pcap\.conf' "$T/$1.err" || fail "$1: $(cat "$T/$1.err")"
	else
		grep -qF -e "$text" "$T/$1.err" || fail "$1: no \"$text\": $(cat "$T/$1.err")"
	fi
	stop "$1"
}

ordinary no-file ''
ordinary variable \
	"PFQ_GROUP is ignored, because this program has privileges of its own; $etc/pfq/pcap.conf" \
	PFQ_GROUP=demo PFQ_SOCKET="$SOCKET"
ordinary device "PFQ_wire0 is ignored" PFQ_wire0=1
ordinary other-device '' PFQ_wire7=1
printf '[dumpcap]\ngroup = demo\nsocket = %s\n' "$SOCKET" | tee "$T/own.conf" >"$conf"
chmod 644 "$conf" "$T/own.conf"
steered steered
steered stubborn PFQ_GROUP=other PFQ_wire0=0 PFQ_CONFIG=/dev/null
chmod 666 "$conf"
untrusted="$etc/pfq/pcap.conf is not read: it must be a regular file of root that nobody else"
ordinary writable "$untrusted"
chmod 644 "$conf"
chown daemon "$conf"
ordinary owned "$untrusted"
rm "$conf"
ordinary own-file "PFQ_CONFIG is ignored" PFQ_CONFIG="$T/own.conf"
stop_engine
