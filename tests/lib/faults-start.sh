# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# Functions of the scripts that let system calls fail while pfqd starts; part of faults.sh

# start_begin: prepare the file and the socket. pfqd becomes another user, and finds the socket of a
# pfqd that was killed.
start_begin()
{
	engine_configure <<-'END'
	[group all]
	id = 1
	device = wire0
	steer = copy
	ring = 1M
	promisc = yes
	END
	sed -i "s/^\[pfqd\]/&\nuser = nobody/" "$T/engine.conf"
	chmod 777 "$T"
	background dead "$TOOLS/pfq-mute" "$T/dead.sock"
	wait_for 5 "a socket" test -S "$T/dead.sock"
	kill -KILL "${PID[dead]}"
	ended dead 2>/dev/null || true
	chmod 666 "$T/dead.sock"
}

# the data base of users does not always say why it has no entry
SAYS[ENOENT]+="\\|a user that this system knows"
SAYS[EACCES]+="\\|a user that this system knows"

# main_thread STRACE-OPTION...: start pfqd, and trace its main thread
main_thread()
{
	background engine ip netns exec "$NS_A" strace -D "$@" "$PFQD" -c "$T/engine.conf"
}

# threads STRACE-OPTION...: start pfqd, and trace all of its threads. It stops before the first one.
threads()
{
	: >"$T/stop.trace"
	main_thread -qq -o "$T/stop.trace" -e trace=signalfd4 -e inject=signalfd4:signal=STOP:when=1
	wait_for 10 "pfqd to stop" has_text "$T/stop.trace" 'stopped by SIGSTOP'
	kill -KILL "$(awk '/^TracerPid:/ { print $2 }' "/proc/${PID[engine]}/status")"
	wait_for 10 "strace to leave" grep -q '^State:.T' "/proc/${PID[engine]}/status"
	traced engine "${PID[engine]}" -f "$@"
	kill -CONT "${PID[engine]}"
}

# start WHO STRACE-OPTION...: start and trace pfqd, until it listens or has ended
start()
{
	local end=$((SECONDS + 15 * PATIENCE))

	rm -f "$SOCKET"
	ln "$T/dead.sock" "$SOCKET"
	"$@"
	until is_over "${PID[engine]}" || has_text "$T/engine.err" 'listening on'; do
		[ $SECONDS -lt $end ] || return 1
		pause 0.02
	done
}

# Does pfqd work? A member gets all packets, and the device is promiscuous.
works()
{
	wait_for 5 "the device" engine_is_up
	capture member pfq@all -c 20
	wait_for 5 "promiscuous mode" is_promiscuous
	frames b --kinds udp4 --packets 20
	ended member 10 || fail "the member: $(cat "$T/member.err")"
	wait_for 5 "no member" ctl_is endpoints '.endpoints == []'
	stats_add_up
	wait_for 5 "the state $BEFORE, not $(process_state "${PID[engine]}")" is_as_before
}

is_promiscuous()
{
	[ "$(promiscuity)" -eq 1 ]
}

# told: does the log have more lines than without a fault?
told()
{
	[ "$(wc -l <"$T/engine.err")" -gt "${SAID:-0}" ]
}

# Is pfqd's state that of a start without a fault? If it does without something, it has said so, and
# may have a descriptor less.
is_as_before()
{
	local now

	now=$(process_state "${PID[engine]}")
	[ -n "$BEFORE" ] || return 0
	! told || now=${now/descriptors $((DESCRIPTORS - 1)) /descriptors $DESCRIPTORS }
	[ "$now" = "$BEFORE" ]
}

# module_is_unused: does no process have the module's device open? Groups and members need it.
module_is_unused()
{
	[ "$ENGINE" = user ] || [ "$(cat /sys/module/pfq/refcnt)" -eq 0 ]
}

# start_undone: end pfqd; it must leave nothing
start_undone()
{
	local status=0

	kill -TERM "${PID[engine]}"
	ended engine 10 || status=$?
	[ $status -eq 0 ] && [ ! -e "$SOCKET" ] && [ "$(promiscuity)" -eq 0 ] && module_is_unused
}

# try WHO: start pfqd with one fault of these threads, and judge
try()
{
	local status=0 options

	read -ra options <<<"$(fault_options)"
	start "$1" "${options[@]}" -o "$TRACE" || {
		wrong "pfqd neither listens nor ends" "$T/engine.err"
		crash_engine
		return
	}
	if ! is_over "${PID[engine]}"; then
		if ! (works) 2>"$T/works.log"; then
			wrong "pfqd does not work" "$T/works.log" "$T/engine.err"
		elif told; then
			result "told in the log, and pfqd works"
		else
			judge_success
		fi
		start_undone || wrong "it leaves something, or an error" "$T/engine.err"
		return
	fi
	ended engine || status=$?
	module_is_unused || wrong "the module is in use" "$T/engine.err"
	judge_error $status "ended with a text" "$T/engine.err"
}

# record WHO: record a start without a fault, in WHO.trace
record()
{
	# shellcheck disable=SC2046 # words
	start "$1" $(trace_options) -o "$T/$1.trace" || fail "pfqd does not start"
	works
	[ -n "$BEFORE" ] || BEFORE=$(process_state "${PID[engine]}")
	SAID=$(wc -l <"$T/engine.err")
	DESCRIPTORS=${BEFORE##*descriptors }
	DESCRIPTORS=${DESCRIPTORS%% *}
	start_undone || fail "pfqd leaves something"
}
