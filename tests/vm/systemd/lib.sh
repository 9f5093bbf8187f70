# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# For the scripts beside it, which run in a guest with systemd. pfqd is installed, and runs as
# its unit in the guest's own network namespace, which has the name NS_A. tcpdump is Debian's, and
# loads our libpcap as installed. All other functions are those of tests/lib.sh.
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"

PREPARE=unit_prepare
UNIT=$(systemctl show -P FragmentPath pfqd)
CONF=$(sed -n 's/^ConditionPathExists=//p' "$UNIT")
DROP_INS=/run/systemd/system/pfqd.service.d
KILLED=		# periods in which packets may be lost, for flood_end

# --- the unit ---------------------------------------------------------------------

# unit_is PROPERTY VALUE: has the unit this value now?
unit_is()
{
	[ "$(systemctl show -P "$1" pfqd)" = "$2" ]
}

# From here on, unit_log prints later entries only.
unit_log_begin()
{
	CURSOR=$(journalctl -n 0 --show-cursor | sed -n 's/^-- cursor: //p')
}

# unit_log: print the texts of the unit's entries in the journal
unit_log()
{
	journalctl --sync
	journalctl -u pfqd -o cat --no-pager --after-cursor "$CURSOR"
}

# Find the programs under test, and begin without settings of another script. begin() calls it.
unit_prepare()
{
	need systemctl journalctl
	trap unit_cleanup EXIT
	PFQD=$(command -v pfqd) PFQCTL=$(command -v pfqctl) || fail "pfq is not installed"
	TCPDUMP=$(command -v tcpdump)
	# An empty folder: the programs take the library that the system finds.
	install -d "$T/lib"
	SOCKET=/run/pfqd/pfqd.sock
	export PFQ_SOCKET=$SOCKET
	ip netns attach "$NS_A" 1
	unit_reset
	unit_log_begin
	# The unit's own filters refuse a call silently, so let them end pfqd.
	unit_drop_in strict <<<'SystemCallErrorNumber=kill'
}

# Stop the unit, and remove what a script has set.
unit_reset()
{
	systemctl stop pfqd
	rm -rf "$DROP_INS"
	systemctl daemon-reload
	systemctl reset-failed pfqd 2>/dev/null || true
}

unit_cleanup()
{
	local status=$?

	trap '' INT TERM HUP
	set +e
	# cleanup() must not take this namespace for one of the script's.
	ip netns del "$NS_A"
	ip link del wire0 2>/dev/null
	if [ $status -ne 0 ] && [ -n "$T" ]; then
		systemctl status --no-pager pfqd >"$T/systemctl.log" 2>&1
		unit_log >"$T/journal.log"
		dmesg | tail -n 20 >"$T/kernel.log"
	fi
	unit_reset
	(exit $status)
	cleanup
}

# unit_configure <<GROUPS: write the unit's pfqd.conf with these groups
unit_configure()
{
	engine_configure
	install -D -m 644 "$T/engine.conf" "$CONF"
}

# unit_drop_in NAME <<LINES: add lines to the section Service of the unit
unit_drop_in()
{
	mkdir -p "$DROP_INS"
	{
		echo '[Service]'
		cat
	} >"$DROP_INS/$1.conf"
	systemctl daemon-reload
}

# start_unit <<GROUPS: start the unit with these groups; returns when it captures
start_unit()
{
	unit_configure
	systemctl start pfqd || fail "systemctl start pfqd: $?"
	wait_for 20 "pfqd to capture" engine_is_up
}

# unit_refused TEXT: the unit cannot start, and its log says why
unit_refused()
{
	unit_log_begin
	! systemctl start pfqd 2>/dev/null || fail "pfqd started, and should say: $1"
	unit_log >"$T/refused.log"
	systemctl stop pfqd
	grep -qF -e "$1" "$T/refused.log" || fail "not in the log: $1"
}

# Print the process of pfqd.
unit_pid()
{
	systemctl show -P MainPID pfqd
}

# unit_came_back PID: is pfqd ready, as another process than PID?
unit_came_back()
{
	local now pid

	# One program: each takes seconds of an emulated machine that is busy, as pfqd's start does.
	now=$(systemctl show -p MainPID -p ActiveState pfqd)
	[[ $now =~ MainPID=([0-9]+) ]] || return 1
	pid=${BASH_REMATCH[1]}
	[ "$pid" -ne 0 ] && [ "$pid" -ne "$1" ] && [[ $now = *ActiveState=active* ]]
}

# unit_workers: print the threads of pfqd that read packets
unit_workers()
{
	local pid

	pid=$(unit_pid)
	grep -l '^pfqd/' /proc/"$pid"/task/*/comm | cut -d/ -f5
}

# Fail if the kernel has logged that it refused a system call of pfqd.
nothing_denied()
{
	! dmesg | grep 'type=1326.* exe="[^"]*/pfqd"' || fail "system calls were refused"
}

# --- members under a flood --------------------------------------------------------

# flood_begin N RATE SECONDS: N tcpdumps join the group "demo", each under a name of its own: part0,
# part1, ... Then a program begins to send RATE numbered packets a second, of many flows.
flood_begin()
{
	local i

	KILLED=""
	MEMBERS=()
	for ((i = 0; i < $1; i++)); do
		MEMBERS+=("part$i")
		PFQ_NAME=part$i capture "part$i" pfq@demo
		is_installed "part$i"
	done
	wait_members demo "$1"
	background flood ip netns exec "$NS_B" \
		"$TOOLS/pfq-numbers" send wire1 "$2" "$3" 500 "$T/sent"
	# so many bytes that the sender has written its log once
	wait_for 20 "the flood" test -s "$T/sent"
}

# is_installed NAME: fail unless this tcpdump has loaded only our libpcap, as installed
is_installed()
{
	local loaded

	loaded=$(awk '/libpcap/ { print $NF }' "/proc/${PID[$1]}/maps" | sort -u)
	case $loaded in
	*/pfq/libpcap.so.*) ;;
	*) fail "$1 has loaded: $loaded" ;;
	esac
}

# flood_gap COMMAND...: until this command ends, packets may be lost
flood_gap()
{
	local from

	kill -0 "${PID[flood]}" || fail "the flood has ended too early"
	# Packets that pfqd has not read yet when it ends are lost, too.
	from=$(awk -v now="$(date +%s.%N)" 'BEGIN { printf "%.6f", now - 0.5 }')
	"$@"
	KILLED=$KILLED${KILLED:+,}$from-$(date +%s.%N)
}

# flood_go_on SECONDS: let the flood reach all members for a while
flood_go_on()
{
	sleep "$1"
	kill -0 "${PID[flood]}" || fail "the flood has ended too early"
}

# flood_end: end the flood and the members. Each member has a part of the packets; each packet is
# in one file, or was sent in a gap; no order is changed.
flood_end()
{
	kill -0 "${PID[flood]}" || fail "the flood has ended too early"
	kill -INT "${PID[flood]}"
	ended flood || fail "the flood: $(cat "$T/flood.err")"
	drain
	stop_captures "${MEMBERS[@]}"
	# shellcheck disable=SC2046 # one word for each file
	"$TOOLS/pfq-numbers" check "$T/sent" "$KILLED" $(pcap "${MEMBERS[@]}") \
		>"$T/check.out" 2>"$T/check.log" || fail "$(cat "$T/check.out"); the gaps: $KILLED"
	echo "NOTE $TEST: packets of each member: $(cat "$T/check.out")"
	awk -v n=${#MEMBERS[@]} '{ for (i = 1; i <= n; i++) if ($i < 1) exit 1 }' \
		"$T/check.out" || fail "a member got nothing"
}
