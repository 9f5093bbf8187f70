# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
#
# Functions of the behaviour scripts and the demo: two namespaces with a wire between them, an
# engine, captures, traffic, and the sums that must hold after every run. Functions that other
# scripts also use are in lib/. lib/engine.sh has the functions that depend on the engine, so the
# same scripts test every engine. tests/README.md has a diagram.
#
# PFQ_BUILD  the build directory of the project (make check sets it; else ./build)
# PFQ_ENGINE_BUILD  the build directory of the engine, if another (with sanitizers, for example)
# PFQ_KEEP   1: keep the files of a run
# PFQ_SHOWN  1: begin() skips the script
set -eu

PFQ_SRC=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PFQ_BUILD=$(cd "${PFQ_BUILD:-$PFQ_SRC/build}" && pwd)
TOOLS=$PFQ_BUILD/tests/tools
PREPARE=engine_begin	# begin() calls it to find the programs under test
T=			# the directory of this run
# the captures by the system's libpcap, also those that have ended; and those of one direction
REFERENCES=()
DIRECTED=()
NS_A=pfq-$$-a		# the client, the engine and the captures
NS_B=pfq-$$-b		# the server

. "$PFQ_SRC/tests/lib/say.sh"
. "$PFQ_SRC/tests/lib/process.sh"
. "$PFQ_SRC/tests/lib/wire.sh"
. "$PFQ_SRC/tests/lib/engine.sh"
. "$PFQ_SRC/tests/lib/sums.sh"

# These variables are for scripts. Our libpcap warns of PFQ_ variables that it does not know.
for name in $(compgen -e PFQ_); do
	export -n "${name?}"
done

# for_all PROGRAM: print where a copy of it is that all users can run. Other users have no access to
# the build tree, and libtool's wrapper needs it.
for_all()
{
	local built

	built=$(dirname "$1")/.libs/$(basename "$1")
	[ -x "$built" ] || built=$1
	install -m 755 "$built" "$T/bin"
	echo "$T/bin/$(basename "$1")"
}

# --- begin and end ----------------------------------------------------------------

cleanup()
{
	local status=$? pid ns

	# timeout(1) sends two signals. The second must not interrupt the cleanup.
	trap '' INT TERM HUP
	trap - EXIT
	set +e
	# Otherwise, the shell reports each program that is killed.
	exec 3>&2 2>/dev/null
	# not those that have ended: their numbers can be other processes' by now
	for pid in $(jobs -pr); do
		kill -CONT "$pid"
		kill -KILL "$pid"
	done
	for ns in "$NS_A" "$NS_B"; do
		[ -e "/run/netns/$ns" ] || continue
		ip netns pids "$ns" | xargs -r kill -KILL
		ip netns del "$ns"
	done
	wait
	engine_end
	# Neither a skipped run needs it, nor one that its user has interrupted.
	case $status in
	0 | "$SKIPPED" | 129 | 130) ;;
	*) [ -z "$T" ] || evidence >&3 ;;
	esac
	if [ -n "$T" ]; then
		if [ "${PFQ_KEEP:-0}" = 1 ]; then
			echo "$TEST: its files are in $T" >&3
		else
			rm -rf "$T"
		fi
	fi
	exit "$status"
}

# out_of_time COMMAND: SIGTERM came during this command, as when timeout(1) ends a script. Say where
# the script was. (The shell knows the lines of calls, but not the line of the command.)
out_of_time()
{
	local i lines=

	trap '' INT TERM HUP
	for ((i = ${#FUNCNAME[@]} - 1; i > 1; i--)); do
		lines+=" ${BASH_SOURCE[i]##*/}:${BASH_LINENO[i - 1]}"
	done
	note "ended by SIGTERM, as when its time is over, in: $1${lines:+; called at$lines}"
	[ -z "$WAITS" ] || note "it waited for: $WAITS"
	exit 143
}

# print the logs of a failed run
evidence()
{
	local file

	for file in "$T"/engine.conf "$T"/*.log "$T"/*.err; do
		[ -s "$file" ] || continue
		echo "--- $(basename "$file")"
		tail -n 40 "$file"
	done
}

begin()
{
	[ -z "${PFQ_SHOWN:-}" ] || skip "PFQ_SHOWN is set: another build has run this test"
	[ "$(id -u)" -eq 0 ] || skip "only root can make network namespaces"
	need ip jq tcpdump timeout setpriv
	need "$TOOLS/pfq-frames" "$TOOLS/pfq-check" "$TOOLS/pfq-traffic"
	trap cleanup EXIT
	trap 'interrupted 130' INT
	trap 'interrupted 129' HUP
	trap 'out_of_time "$BASH_COMMAND"' TERM
	T=$(mktemp -d "${TMPDIR:-/tmp}/pfq-$TEST.XXXXXX")
	chmod 755 "$T"
	mkfifo "$T/pause"
	# tcpdump gives up root before it opens its file, so anybody may write here.
	install -d -m 1777 "$T/pcap" "$T/bin"
	install -m 755 "$(command -v tcpdump)" "$T/bin/tcpdump"
	TCPDUMP=$T/bin/tcpdump
	$PREPARE
}

# Does something else take this machine's CPUs, so that all programs are slow?
machine_is_busy()
{
	awk -v cpus="$(nproc)" '{ exit !($1 > 2 * cpus) }' /proc/loadavg
}

# Print the first CPU that this script may run on: CPU 0 may be outside of its cpuset.
first_cpu()
{
	awk '/^Cpus_allowed_list:/ { print $2 + 0 }' /proc/self/status
}

# --- captures --------------------------------------------------------------------------

# capture NAME DEVICE [ARGUMENT...]: start the unmodified tcpdump with our libpcap
capture()
{
	local name=$1 device=$2

	shift 2
	background "$name" env LD_LIBRARY_PATH="$T/lib" ip netns exec "$NS_A" \
		"$TCPDUMP" -n -i "$device" -w "$T/pcap/$name.pcap" "$@"
	wait_for 10 "capture $name, see $name.err" has_text "$T/$name.err" 'listening on'
}

# reference NAME DEVICE [ARGUMENT...]: start tcpdump with the system's libpcap
reference()
{
	local name=$1 device=$2

	shift 2
	background "$name" ip netns exec "$NS_A" \
		nice -n -10 tcpdump -n -i "$device" -B 65536 -U -w "$T/pcap/$name.pcap" "$@"
	case " $* " in
	*" -Q "*) DIRECTED+=("$name") ;;
	*) REFERENCES+=("$name") ;;
	esac
	wait_for 10 "capture $name, see $name.err" has_text "$T/$name.err" 'listening on'
}

# asked NAME N: has this tcpdump printed its counts more than N times? It prints them on SIGUSR1.
asked()
{
	[ "$(grep -c ' captured, ' "$T/$1.err")" -gt "$2" ]
}

# counts_of NAME: print how many packets this tcpdump has captured, and its libpcap has received
counts_of()
{
	local before

	before=$(grep -c ' captured, ' "$T/$1.err") || true
	kill -USR1 "${PID[$1]}"
	wait_for 10 "the counts of $1" asked "$1" "$before"
	grep ' captured, ' "$T/$1.err" | tail -n 1 | awk '{ print $2, $5 }'
}

# has_captured NAME COUNT: has this tcpdump captured COUNT packets or more?
has_captured()
{
	[ "$(counts_of "$1" | cut -d ' ' -f 1)" -ge "$2" ]
}

# is_ours NAME: fail unless it is the unmodified tcpdump and has loaded only our libpcap
is_ours()
{
	local loaded

	loaded=$(awk '/libpcap/ { print $NF }' "/proc/${PID[$1]}/maps" | sort -u)
	[ "$loaded" = "$T/lib/libpcap.so.0.8" ] || fail "$1 has loaded $loaded"
	cmp "/proc/${PID[$1]}/exe" "$(command -v tcpdump)" ||
		fail "$1 is not the unmodified tcpdump"
}

# application_refused DEVICE WORD...: tcpdump must fail, and its error must have each WORD.
# AS_NOBODY=1: as user nobody.
application_refused()
{
	local device=$1 text status=0 word run=()

	shift
	[ -z "${AS_NOBODY:-}" ] || run=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
	text=$(in_a env LD_LIBRARY_PATH="$T/lib" timeout $((10 * PATIENCE)) "${run[@]}" \
		"$TCPDUMP" -n -i "$device" -c 1 -w /dev/null 2>&1) || status=$?
	[ $status -eq 1 ] || fail "tcpdump -i $device: status $status: $text"
	for word; do
		grep -qF -e "$word" <<<"$text" ||
			fail "tcpdump -i $device: \"$word\" is not in: $text"
	done
}

pcap()
{
	local name

	for name; do
		echo "$T/pcap/$name.pcap"
	done
}

# Have the members read all, and waits no fragment in the engine? A fragment that comes long after
# the first one of its datagram waits, too.
nothing_unread()
{
	ctl_is stats \
		'all(.endpoints[]; .unread == 0) and all(.groups[]; .counters.pending == 0)'
}

# Wait until the references have read what they have received.
drain_references()
{
	local name received

	for name in "${DIRECTED[@]}"; do
		# Its libpcap has received packets of the other direction, too, so counts tell
		# nothing. It hands over a block that is not full after one second.
		is_over "${PID[$name]}" || { sleep 1.3; break; }
	done
	for name in "${REFERENCES[@]}"; do
		! is_over "${PID[$name]}" || continue
		received=$(counts_of "$name" | cut -d ' ' -f 2)
		wait_for 10 "capture $name to read $received packets" \
			has_captured "$name" "$received"
	done
}

# Wait until the captures have read all packets that were sent.
drain()
{
	wait_for 10 "the members to read their packets" nothing_unread
	# The engine may not have read the last packets yet.
	pause 0.5
	drain_references
	wait_for 10 "the members to read their packets" nothing_unread
}

# stop_captures NAME...: each must end with status 0
stop_captures()
{
	local name status

	for name; do
		kill -INT "${PID[$name]}"
	done
	for name; do
		status=0
		ended "$name" 10 || status=$?
		[ $status -eq 0 ] || fail "capture $name ended with status $status"
	done
}

# check [OPTION...] NAME...: run pfq-check on the files of captures, also after --reference
check()
{
	local args=() word

	for word; do
		case $word in
		-*) args+=("$word") ;;
		*) args+=("$(pcap "$word")") ;;
		esac
	done
	"$TOOLS/pfq-check" "${args[@]}" || fail "pfq-check found errors in the captures: check $*"
}

# narrow NEW NAME FILTER: make capture NEW of the packets of NAME that match FILTER
narrow()
{
	tcpdump -r "$(pcap "$2")" -w "$(pcap "$1")" "$3" 2>/dev/null
}

packets_in()
{
	"$TOOLS/pfq-check" --json "$(pcap "$1")" | jq .packets
}

# --- traffic -------------------------------------------------------------------------------

start_server()
{
	background server ip netns exec "$NS_B" "$TOOLS/pfq-traffic" server
	wait_for 5 "the server" grep -q ready "$T/server.out"
}

# traffic [ARGUMENT...]: make transfers between the two ends; all must succeed
traffic()
{
	in_a timeout $((60 * PATIENCE)) "$TOOLS/pfq-traffic" client --server 10.77.0.2 \
		--server fd77::2 "$@" \
		>"$T/traffic.out" || fail "transfers failed: $(cat "$T/traffic.out")"
}

# frames SIDE [ARGUMENT...]: send frames from end a (captured as sent) or b (as received)
frames()
{
	local side=$1

	shift
	case $side in
	a) in_a "$TOOLS/pfq-frames" -i wire0 "$@" >"$T/frames.out" ;;
	b) in_b "$TOOLS/pfq-frames" -i wire1 "$@" >"$T/frames.out" ;;
	esac
}

# --- sums ------------------------------------------------------------------------------------

# stats_add_up [all]: take a snapshot of the statistics and check their sums. "all": no member
# has left since the engine started, so also check that each copy was offered to a member.
stats_add_up()
{
	local wrong

	ctl stats --json >"$T/stats.json"
	wrong=$(jq -r "$SUMS" "$T/stats.json")
	[ -z "$wrong" ] || fail "$wrong"
	[ "${1:-}" = all ] || return 0
	wrong=$(jq -r "$COPIES" "$T/stats.json")
	[ -z "$wrong" ] || fail "$wrong"
}

# Check the last snapshot: no ring was full, and no packet was lost before the engine.
nothing_lost()
{
	stat_is 'all(.endpoints[]; .counters.drop_ring_full == 0)' \
		'all(.status.sources[].counters; .drop_socket + .drop_malformed + .cut_buffer == 0)'
}

# stat_is EXPRESSION...: each jq expression must be true for the last snapshot
stat_is()
{
	local expression

	for expression; do
		jq -e "$expression" "$T/stats.json" >/dev/null || {
			jq -c . "$T/stats.json" >&2
			fail "this is not true for the counters: $expression"
		}
	done
}
