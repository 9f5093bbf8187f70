# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The subjects: the table, and how each kind listens to the wire.
#
# When subject_start returns, the subject listens. subject_stop leaves its counts in
# heard.json and, for pfq, in stats.json. A new kind needs a function start_KIND, and a row
# in the table.

LISTENER='' ENGINE=''	# process ids; LISTENER may have several
TIMEOUT_MS=10		# how long each consumer lets packets wait
BESIDE=		# the lines of a further group
PROGRAM=		# file of a program in pfq-lang for the group, in place of STEER

# subjects [SET]: print the names of all subjects or of a set, in the order of the table
subjects()
{
	awk -v set="${1:-}" '!/^#/ && NF && (set == "" || index($6, set)) { print $1 }' "$TABLE"
}

# subject_read NAME: set KIND INGEST STEER CONSUMERS; false: no such subject
subject_read()
{
	local row

	row=$(awk -v name="$1" '!/^#/ && $1 == name' "$TABLE")
	[ -n "$row" ] || return 1
	read -r _ KIND INGEST STEER CONSUMERS _ <<<"$row"
}

# Print as JSON all that the reports need of the subjects.
subjects_json()
{
	awk '!/^[#=]/ && NF { title = $7; for (i = 8; i <= NF; i++) title = title " " $i
		printf "{\"name\":\"%s\",\"kind\":\"%s\",\"ingest\":\"%s\",", $1, $2, $3
		printf "\"steer\":\"%s\",\"consumers\":%d,\"sets\":\"%s\",", $4, $5, $6
		printf "\"title\":\"%s\"}\n", title
		}' "$TABLE" | jq -s .
}

# subject_listen COMMAND...: start it in the far namespace, on the consumers' CPU; wait until it
# listens
subject_listen()
{
	# Not by a function: $! must be the process id of the program, so that it can be
	# ended.
	ip netns exec "$NS_FAR" taskset -c "$CPU" "$@" \
		>"$T/listener.out" 2>"$T/listener.err" </dev/null &
	LISTENER=$!
	wait_for 10 "$1, see its messages: $(head -n 3 "$T/listener.err")" \
		grep -q 'listening on' "$T/listener.err"
}

start_none()
{
	:
}

start_sink()
{
	:
}

start_xsk()
{
	subject_listen "$BUILD/bench/peer-xsk" far0
}

start_pcap()
{
	subject_listen "$CAPTOP" --json -i far0 -B 64M -t "$TIMEOUT_MS" --thread "$CONSUMERS"
}

start_fanout()
{
	subject_listen "$CAPTOP" --json -i far0 -B 64M -t "$TIMEOUT_MS" --thread "$CONSUMERS" \
		--fanout hash
}

# engine_json COMMAND...: print what pfqctl says as JSON
engine_json()
{
	"$BUILD/tools/pfqctl/pfqctl" -S "$SOCKET" --json "$@"
}

# engine_holds COMMAND JQ: is JQ true of the output of pfqctl COMMAND?
engine_holds()
{
	local said

	kill -0 "$ENGINE" 2>/dev/null || fail "pfqd has ended: $(tail -n 3 "$T/engine.err")"
	said=$(engine_json "$1" 2>/dev/null) && [ -n "$said" ] && jq -e "$2" <<<"$said"
}

# engine_start: start pfqd with group "bench" (INGEST, STEER), which waits for CONSUMERS
# members
engine_start()
{
	local mode=sniff steering="steer   = $STEER"

	[ "$INGEST" != xdp ] || mode=tap
	[ -z "$PROGRAM" ] || steering="lang    = file:$PROGRAM"
	cat >"$T/engine.conf" <<-END
		[pfqd]
		workers = $WORKERS
		cpus    = $CPU
		socket  = $SOCKET
		log     = warning
		[group bench]
		device  = far0
		ingest  = $INGEST
		mode    = $mode
		$steering
		members = $CONSUMERS
		$BESIDE
	END
	ip netns exec "$NS_FAR" taskset -c "$CPU" "$BUILD/pfqd/pfqd" -c "$T/engine.conf" \
		>"$T/engine.out" 2>"$T/engine.err" </dev/null &
	ENGINE=$!
	wait_for 10 "pfqd" engine_holds groups 'all(.groups[].devices[]; .state == "up")'
}

start_pfq()
{
	engine_start
	subject_listen env PFQ_SOCKET="$SOCKET" LD_LIBRARY_PATH="$LIBRARIES" "$CAPTOP" --json \
		-i pfq@bench -t "$TIMEOUT_MS" --thread "$CONSUMERS"
	wait_for 10 "$CONSUMERS members" engine_holds endpoints \
		"[.endpoints[] | select(.started)] | length == $CONSUMERS"
}

# Wait until the members have read their packets. captop counts the packets still in a
# socket's buffer at its end as unread.
subject_drain()
{
	# pfq-gen takes some time to end, several timeouts of captop.
	[ "$KIND" = pfq ] || { sleep 0.05; return; }
	wait_for 10 "the members to read their packets" \
		engine_holds stats 'all(.endpoints[]; .unread == 0)'
	engine_json stats >"$T/stats.json"
}

subject_start()
{
	rm -f "$T/heard.json" "$T/stats.json" "$T/listener.out"
	: >"$T/listener.err"
	: >"$T/engine.err"
	: >"$T/heard.json"
	: >"$T/stats.json"
	"start_$KIND"
}

# Let the programs read the last packets, then end them.
subject_end()
{
	local pid status=0

	[ -z "$LISTENER" ] || subject_drain
	for pid in $LISTENER $ENGINE; do
		kill -TERM "$pid" 2>/dev/null || true
		pid_ended "$pid" "$SUBJECT, process $pid" 10 || status=$?
		[ $status -eq 0 ] ||
			fail "$SUBJECT: status $status: $(tail -qn 3 "$T"/listener.err \
				"$T"/consumer*.err "$T/engine.err" 2>/dev/null)"
	done
	# An XDP program was attached: when it is detached, GRO may be off.
	[ "$INGEST" != xdp ] && [ "$KIND" != xsk ] || wire_gro
	LISTENER='' ENGINE=''
}

subject_stop()
{
	local listened=$LISTENER

	subject_end
	[ -z "$listened" ] || tail -n 1 "$T/listener.out" >"$T/heard.json"
}
