# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# (lib.sh, which is read in before, sets T and PID.) Honest consumers that know every byte
# that is sent to vs (kmod-witness)
witness=$PFQ_BUILD/tests/vm/kmod-witness

# honest NAME GROUP FRAMES: start one that reads all of them. It gets a fair share of the
# CPUs, whatever the others do.
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

# complete NAME [TRIES]: wait until it has read all, or long enough
complete()
{
	for _ in $(seq "${2:-600}"); do
		! grep -q complete "$T/$1.out" || break
		sleep 0.1
	done
}

# verdict NAME: end it, and return its status
verdict()
{
	kill -TERM "${PID[$1]}"
	wait "${PID[$1]}"
}
