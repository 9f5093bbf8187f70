# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# (T and PID are lib.sh's, which is read in before)
# Honest consumers that know every byte that is sent to vs (kmod-witness).
witness=$PFQ_BUILD/tests/vm/kmod-witness

# honest NAME GROUP FRAMES: reads all of them; a fair share of the CPUs is its, whatever the
# others do
honest()
{
	ip netns exec a nice -n -15 "$witness" read "$2" vs "$3" > "$T/$1.out" 2>&1 &
	PID[$1]=$!
	for _ in $(seq 300); do
		! grep -q reading "$T/$1.out" || return 0
		sleep 0.1
	done
	fail "$1 does not join: $(cat "$T/$1.out")"
}

# complete NAME [TRIES]: waits until it has read them, or long enough
complete()
{
	for _ in $(seq "${2:-600}"); do
		! grep -q complete "$T/$1.out" || break
		sleep 0.1
	done
}

# verdict NAME: ends it; its status
verdict()
{
	kill -TERM "${PID[$1]}"
	wait "${PID[$1]}"
}
