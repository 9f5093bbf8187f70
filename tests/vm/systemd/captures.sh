#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The unit starts, and systemd knows when pfqd is ready. pfqd runs as the user of its unit, and each
# thread has its filters of system calls. Unmodified tcpdumps share a group, and one of an
# ordinary user is in another group; nothing is lost. The kernel refuses no system call.
. "$(dirname "$0")/lib.sh"
begin
wire_up

# The test would see a refused call: the kernel logs this one.
cat >/run/systemd/system/refused.service <<-END
	[Service]
	Type=oneshot
	ExecStart=sync
	SystemCallLog=sync
END
is_logged()
{
	dmesg | grep -q 'type=1326.*comm="sync"'
}
systemctl start refused
wait_for 10 "the kernel's message about a call" is_logged
rm /run/systemd/system/refused.service

# The unit itself has filters, which the log shows.
unit_drop_in test <<<'ExecStartPre=/bin/grep ^Seccomp_filters: /proc/self/status'
start_unit <<-END
	[group demo]
	device = wire0
	steer = flow
	[group all]
	device = wire0
	steer = copy
	access = root 0604
END
[ "$(systemctl is-active pfqd)" = active ] || fail "the unit is $(systemctl is-active pfqd)"
unit_is StatusText "groups: 2, members: 0, packets lost: 0" ||
	fail "the status: $(systemctl show -P StatusText pfqd)"

# --- identity and filters ---------------------------------------------------------
pid=$(unit_pid)
uid=$(stat -c %u "/proc/$pid")
[ "$(getent passwd "$uid" | cut -d: -f1)" = pfq ] || fail "user $uid has not the name pfq"
[ "$uid" -gt 0 ] && [ "$uid" -lt 1000 ] || fail "user $uid is not a system user"
[ "$(stat -c '%u %a' /run/pfqd) $(stat -c '%u %a' "$SOCKET")" = "$uid 755 $uid 666" ] ||
	fail "the socket: $(ls -ldn /run/pfqd "$SOCKET")"
filters=$(unit_log | awk '/^Seccomp_filters:/ { n = $2 } END { print n + 0 }')
[ "$filters" -gt 0 ] || fail "the unit has no filters"
for status in /proc/"$pid"/task/*/status; do
	# the main thread has one more, and the threads that it starts have two more
	own=$((filters + 2))
	[ "$status" != "/proc/$pid/task/$pid/status" ] || own=$((filters + 1))
	awk -v own=$own -v uid="$uid" '
		/^Uid:/ && ($2 != uid || $3 != uid || $4 != uid || $5 != uid) ||
		/^NoNewPrivs:/ && $2 != 1 || /^Seccomp:/ && $2 != 2 ||
		/^Seccomp_filters:/ && $2 != own { exit 1 }' "$status" ||
		fail "$status, and not $own filters: $(grep -E '^(Uid|NoNew|Seccomp)' "$status")"
done
[ "$(unit_workers | wc -l)" -eq "$WORKERS" ] || fail "workers: $(unit_workers | xargs)"

# --- capture ----------------------------------------------------------------------
ordinary=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
"${ordinary[@]}" pfqctl status >"$T/status.out" 2>"$T/status.err" ||
	fail "pfqctl as nobody: $(cat "$T/status.err")"
background all "${ordinary[@]}" tcpdump -n -i pfq@all -w "$T/pcap/all.pcap"
wait_members all 1
is_installed all
flood_begin 2 500 300
flood_go_on 5
flood_end
stop_captures all
"$TOOLS/pfq-numbers" check "$T/sent" '' "$(pcap all)" >"$T/check.out" 2>"$T/check.log" ||
	fail "nobody's capture: $(cat "$T/check.out")"
stats_add_up
systemctl stop pfqd
nothing_denied
