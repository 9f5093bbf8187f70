# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# Functions that start the engine and ask it; part of lib.sh. Only this file depends on the
# engine's kind.
#
# PFQ_TEST_ENGINE  the kind: user (the default) or kernel
# PFQ_KO  in a guest of tests/vm: the module, which engine_begin() loads
ENGINE=${PFQ_TEST_ENGINE:-user}
WORKERS=2

# Choose the kernel engine if its module can be loaded, unless PFQ_TEST_ENGINE names an
# engine.
engine_choose()
{
	local module=$PFQ_BUILD/modules/kmod/pfq.ko why

	[ -z "${PFQ_TEST_ENGINE:-}" ] && [ "$ENGINE" = user ] && [ -e /proc/modules ] || return 0
	if ! [ -d /sys/module/pfq ]; then
		if ! modprobe -q pfq 2>/dev/null; then
			[ -e "$module" ] || return 0
			why=$(insmod "$module" 2>&1) || { module_refused "${why##*: }"; return 0; }
		fi
		module_is_ours=1
	fi
	ENGINE=kernel
}

# module_refused ERROR: say why the kernel engine is not used
module_refused()
{
	echo "The kernel engine's module does not load: $1. pfqd's own engine serves."
	case $1 in
	"Key was rejected"* | "Operation not permitted"* | "Required key"*)
		echo "  With Secure Boot, or locked down, a kernel loads only modules that are signed:"
		echo "  kmod/README.md says how to do that."
		;;
	esac
}

# call it after all users of the engine have ended
engine_end()
{
	[ -z "${module_is_ours:-}" ] || rmmod pfq
}

# engine_words: print the kind of the engine for a person
engine_words()
{
	if [ "$ENGINE" = kernel ]; then
		echo "kernel engine, pfq.ko $(cat /sys/module/pfq/version) on Linux $(uname -r)"
	else
		echo "user engine, $WORKERS workers"
	fi
}

# engine_begin: find the programs to test, and set the socket. begin() calls it once.
engine_begin()
{
	PFQD=${PFQ_ENGINE_BUILD:-$PFQ_BUILD}/pfqd/pfqd
	PFQCTL=$PFQ_BUILD/tools/pfqctl/pfqctl
	LIBPCAP_DIR=$PFQ_BUILD/libpcap-pfq/stage/pfq
	LIBPFQ_DIR=$PFQ_BUILD/lib/.libs
	need "$PFQD" "$PFQCTL" "$LIBPCAP_DIR/libpcap.so.0.8"
	# Copy the libraries: other users may not have access to the build tree.
	install -d "$T/lib"
	cp -L "$LIBPCAP_DIR/libpcap.so.0.8" "$LIBPFQ_DIR/libpfq.so.0" "$T/lib/"
	SOCKET=$T/pfqd.sock
	export PFQ_SOCKET=$SOCKET
	[ -z "${PFQ_KO:-}" ] || [ -d /sys/module/pfq ] || insmod "$PFQ_KO" || fail "insmod $PFQ_KO"
}

# engine_configure <<GROUPS: write engine.conf with these groups
engine_configure()
{
	{
		printf '[pfqd]\nengine = %s\nworkers = %s\nsocket = %s\n\n' \
			"$ENGINE" "$WORKERS" "$SOCKET"
		cat
	} >"$T/engine.conf"
}

# engine_is_up: does the engine answer, and does it capture all devices and files?
engine_is_up()
{
	ctl_is groups 'all(.groups[].devices[]; .state == "up" or .state == "ended" or .state == "broken")'
}

# start_engine <<GROUPS: start the engine; returns when it captures
start_engine()
{
	engine_configure
	launch_engine
	wait_for 20 "the engine, see engine.err" engine_is_up
}

# start_group NAME [LINE...]: start the engine with one group on wire0, with id 42 and these
# lines, as "steer=flow"
start_group()
{
	start_engine < <(printf '[group %s]\nid = 42\ndevice = wire0\n' "$1"
		printf '%s\n' "${@:2}")
}

# launch_engine: start the engine with engine.conf, and do not wait for it
launch_engine()
{
	background engine ip netns exec "$NS_A" "$PFQD" -c "$T/engine.conf"
}

# listens_or_over NAME: has this pfqd said that it listens, or has it ended?
listens_or_over()
{
	is_over "${PID[$1]}" || has_text "$T/$1.err" 'listening on'
}

# brief_engine COMMAND...: start pfqd by COMMAND, and end it when it listens, if it does. Its log is
# in brief.err; returns its exit status.
brief_engine()
{
	local status=0

	background brief ip netns exec "$NS_A" "$@"
	wait_for 20 "pfqd to listen or to end, see brief.err" listens_or_over brief
	kill -TERM "${PID[brief]}" 2>/dev/null || true
	ended brief || status=$?
	return $status
}

# limited_engine OPTION LIMIT: the same under this limit of ulimit
limited_engine()
{
	# shellcheck disable=SC2016 # of the inner shell
	brief_engine bash -c 'ulimit "$1" "$2"; exec "$3" -c "$4"' limited "$@" "$PFQD" \
		"$T/engine.conf"
}

# hang_up <<GROUPS: let the engine read these groups by SIGHUP, and wait until it has
hang_up()
{
	local before

	before=$(engine_reads)
	engine_configure
	kill -HUP "${PID[engine]}"
	wait_for 10 "the engine to read its file, see engine.err" engine_has_read $((before + 1))
}

# engine_reads: print how often the engine has read its file again, with or without success
engine_reads()
{
	grep -cE 'was read again|nothing has changed:' "$T/engine.err" || true
}

# engine_has_read N: is it N times?
engine_has_read()
{
	[ "$(engine_reads)" -eq "$1" ]
}

# stop_engine: end the engine, which must exit with status 0
stop_engine()
{
	local status=0

	kill -TERM "${PID[engine]}"
	ended engine 10 || status=$?
	[ $status -eq 0 ] || fail "the engine ended with status $status"
}

# crash_engine: kill the engine, so that it cannot clean up
crash_engine()
{
	kill -KILL "${PID[engine]}"
	ended engine 10 || true
}

# refuses WORD... <<FILE: the engine refuses this file, and its error has each word
refuses()
{
	local how word status

	cat >"$T/engine.conf"
	for how in --check -c; do
		status=0
		timeout $((10 * PATIENCE)) "$PFQD" $how "$T/engine.conf" \
			>"$T/refuses.log" 2>&1 || status=$?
		[ $status -ne 124 ] || fail "pfqd $how accepted this file: $(cat "$T/engine.conf")"
		[ $status -eq 1 ] || fail "pfqd $how: status $status for: $(cat "$T/engine.conf")"
		for word; do
			grep -qF -e "$word" "$T/refuses.log" ||
				fail "pfqd $how: \"$word\" is not in: $(cat "$T/refuses.log")"
		done
	done
}

# engine_threads: print the number of pfqd's threads: its main one, and the user engine's
# workers
engine_threads()
{
	if [ "$ENGINE" = kernel ]; then echo 1; else echo $((1 + WORKERS)); fi
}

# engine_ring_max: print the bytes of the largest ring that a member can get
engine_ring_max()
{
	local limit=/sys/module/pfq/parameters/ring_max_mib

	if [ "$ENGINE" = kernel ]; then
		# An emulated machine takes long to clear a GiB.
		[ -z "${PFQ_KO:-}" ] || echo 64 >$limit
		echo $(($(cat $limit) << 20))
	else
		echo $((1 << 30))
	fi
}

# engine_fds: print the number of the engine's open descriptors
engine_fds()
{
	find "/proc/${PID[engine]}/fd" -mindepth 1 | wc -l
}

# Print the number of the engine's descriptors when it no longer changes. The engine closes
# the descriptor of an ended connection a little later.
engine_fds_at_rest()
{
	local before=-1 now tries=0

	now=$(engine_fds)
	until [ "$now" -eq "$before" ]; do
		[ $((tries += 1)) -lt 50 ] || fail "the engine's descriptors do not stay the same: $before, $now"
		before=$now
		sleep 0.2
		now=$(engine_fds)
	done
	echo "$now"
}

# engine_member_fds: print how many descriptors the engine's process has for a member
engine_member_fds()
{
	if [ "$ENGINE" = kernel ]; then echo 0; else echo 2; fi
}

# engine_has_fds N: has the engine N open descriptors now?
engine_has_fds()
{
	[ "$(engine_fds)" -eq "$1" ]
}

# engine_memory_kib: print the memory of the engine, shared rings included
engine_memory_kib()
{
	awk '/^(VmRSS|HugetlbPages):/ { sum += $2 } END { print sum }' \
		"/proc/${PID[engine]}/status"
}

# engine_keeps_at_most KIB: has the engine so much memory, or less? pfqd frees a ring some time
# after it has closed the descriptors.
engine_keeps_at_most()
{
	[ "$(engine_memory_kib)" -le "$1" ]
}

# start an engine with two groups on the wire: one gets copies, the other shares flows
start_two_groups()
{
	start_engine <<-END
	[group all]
	id     = 1
	device = wire0
	steer  = copy
	[group share]
	id     = 2
	device = wire0
	steer  = flow
	END
}

# ctl ARGUMENT...: run pfqctl in the engine's namespace
ctl()
{
	in_a timeout $((10 * PATIENCE)) "$PFQCTL" "$@"
}

# ctl_is COMMAND [JQ-ARGUMENT...]: is this true of the command's output? (If the output is
# empty, jq 1.6 takes everything as true.)
ctl_is()
{
	local said

	said=$(ctl "$1" --json) && [ -n "$said" ] && jq -e "${@:2}" <<<"$said" >/dev/null
}

# has_members GROUP N: have N started members joined the group?
has_members()
{
	# shellcheck disable=SC2016 # variables of jq
	ctl_is endpoints --arg g "$1" --argjson n "$2" \
		'[.endpoints[] | select(.group == $g and .started)] | length == $n'
}

# wait_members GROUP N: wait until the group has N started members
wait_members()
{
	wait_for 10 "$2 members in group $1" has_members "$1" "$2"
}

# start_members GROUP NAME N: N captures NAME0, NAME1, ... join GROUP, which has no other members
start_members()
{
	local i

	for ((i = 0; i < $3; i++)); do
		capture "$2$i" "pfq@$1"
	done
	wait_members "$1" "$3"
}

# configured NAME: print a folder that the build is configured with
configured()
{
	(cd "$PFQ_BUILD" && printf '%s\n' "prefix='@prefix@'" 'exec_prefix="@exec_prefix@"' \
		'libdir="@libdir@"' 'sysconfdir="@sysconfdir@"' "echo \"\$$1\"" |
		./config.status -q --file=- | sh)
}
