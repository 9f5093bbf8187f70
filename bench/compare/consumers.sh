# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# Runs four consumers as a process each, for parts that stop one of them or measure each. In
# the table they are threads of one process.

OF_THEIR_OWN=4

# consumer_start N COMMAND...: start consumer N; its output goes to consumerN.out
consumer_start()
{
	local n=$1

	shift
	: >"$T/consumer$n.err"
	ip netns exec "$NS_FAR" taskset -c "$CPU" "$@" \
		>"$T/consumer$n.out" 2>"$T/consumer$n.err" </dev/null &
	LISTENER="$LISTENER $!"
	wait_for 10 "consumer $n, see its messages: $(head -n 3 "$T/consumer$n.err")" \
		grep -q 'listening on' "$T/consumer$n.err"
}

# consumers_start RING [COMMAND...]: start pfqd, if KIND is pfq, and all consumers; RING is the last
# one's ring. COMMAND is the consumer, if it is not captop; it takes -i and -B.
consumers_start()
{
	local n ring=64M last=$1 pfq=() device=far0 program=("$CAPTOP" --json -t "$TIMEOUT_MS")

	shift
	[ $# -eq 0 ] || program=("$@")
	rm -f "$T/stats.json"
	: >"$T/engine.err"
	: >"$T/stats.json"
	[ "$KIND" != pfq ] || {
		engine_start
		device=pfq@bench
	}
	for ((n = 1; n <= OF_THEIR_OWN; n++)); do
		[ $n -lt $OF_THEIR_OWN ] || ring=$last
		[ "$KIND" != pfq ] ||
			pfq=(env PFQ_SOCKET="$SOCKET" LD_LIBRARY_PATH="$LIBRARIES" PFQ_RING="$ring")
		consumer_start $n "${pfq[@]}" "${program[@]}" -i $device -B "$ring"
	done
	[ "$KIND" != pfq ] || wait_for 10 "$OF_THEIR_OWN members" engine_holds endpoints \
		"[.endpoints[] | select(.started)] | length == $OF_THEIR_OWN"
}

# consumers_stop: end them, and write their counts in turn to heard.json
consumers_stop()
{
	local n

	subject_end
	for ((n = 1; n <= OF_THEIR_OWN; n++)); do
		tail -n 1 "$T/consumer$n.out"
	done >"$T/heard.json"
}
