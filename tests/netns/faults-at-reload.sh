#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Each system call that pfqd makes while it reads a changed file fails once, with each error that it
# can have. pfqd makes the change, or says what failed and changes nothing. The next reload brings
# everything into order, pfqd keeps nothing, and a member of a group that stays gets every packet.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/faults.sh"
begin
faults_begin
wire_up
wire_add more0 more1
ip -n "$NS_A" link set more0 up
ip -n "$NS_B" link set more1 up

# read_file NAME: pfqd reads NAME.conf; the text of an error is in m.err
read_file()
{
	cp "$T/$1.conf" "$T/engine.conf"
	ctl reload >>"$T/m.err" 2>&1
}

# reload: a group comes and goes, with a device and a filter
reload()
{
	local status=0

	: >"$T/m.err"
	read_file more || status=1
	frames b --kinds udp4 --packets "$PACKETS"
	SENT=$((SENT + PACKETS))
	read_file less || status=1
	return $status
}

# try: reload with the fault that is tried, and judge
try()
{
	local status=0 options lines

	read -ra options <<<"$(fault_options)"
	lines=$(wc -l <"$T/engine.err")
	traced pfqd "${PID[engine]}" "${options[@]}" -o "$TRACE"
	reload || status=$?
	untraced pfqd
	tail -n +$((lines + 1)) "$T/engine.err" >"$T/said.err"
	if is_over "${PID[engine]}"; then
		wrong "pfqd has ended" "$T/engine.err"
		exit 1
	fi
	read_file less || wrong "the next reload fails" "$T/m.err"
	if ! ctl_is groups '[.groups[].name] == ["all"]'; then
		wrong "the next reload leaves other groups"
		begin_others reload
	elif ! (wait_for 20 "the state before: $BEFORE" others_are_well) 2>"$T/is.log"; then
		wrong "$(others_now)" "$T/is.log" "$T/m.err"
		begin_others reload
	elif [ $status -ne 0 ]; then
		judge_error $status "refused with a text" "$T/m.err" "$T/said.err"
	elif grep -q 'warning\|error' "$T/said.err"; then
		judge_error 1 "told in the log" "$T/said.err"
	else
		judge_success
	fi
}

start_group all steer=copy ring=1M promisc=yes 'access=root 0666'
cp "$T/engine.conf" "$T/less.conf"
{
	cat "$T/engine.conf"
	printf '[group more]\ndevice = more0\nfilter = udp\npromisc = yes\n'
} >"$T/more.conf"
begin_others reload
echo "before: $BEFORE"
# shellcheck disable=SC2046 # words
traced pfqd "${PID[engine]}" $(trace_options) -o "$T/reload.trace"
reload || fail "a reload under strace: $(cat "$T/m.err")"
untraced pfqd
wait_for 5 "the state before" others_are_well
faults_of reload "$T/reload.trace"
try_faults reload try
faults_end
stop_captures stays
stop_engine
