#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The daemon keeps only the capabilities that pfqd(8) names, and its workers none. Each thread has
# its filters of system calls. All of this is so for root and for another user.
. "$(dirname "$0")/../lib.sh"
begin
wire_up

# the capabilities of the main thread once it runs: CAP_NET_ADMIN 12, CAP_NET_RAW 13 and
# CAP_DAC_READ_SEARCH 2; for the user engine also CAP_IPC_LOCK 14 and CAP_BPF 39
main=$((1 << 2 | 1 << 12 | 1 << 13))
[ "$ENGINE" = kernel ] || main=$((main | 1 << 14 | 1 << 39))
# the bounding set cannot shrink any more when the workers have their priority: CAP_SYS_NICE 23
bounding=$((main | 1 << 14 | 1 << 23 | 1 << 39))

# field NAME FILE: print the field of a status
field()
{
	sed -n "s/^$1:[[:space:]]*//p" "$2"
}

# keeps STATUS SET ALLOWED: the set has no other capability
keeps()
{
	local value=$((0x$(field "$2" "$1")))

	[ $((value & ~$3)) -eq 0 ] ||
		fail "$1: $2 has $(printf '%x' $((value & ~$3))) more capabilities than allowed"
}

# thread STATUS CAPABILITIES FILTERS: check a thread
thread()
{
	local set has

	[ "$(field Uid "$1" | xargs)" = "$uid $uid $uid $uid" ] || fail "$1: not user $uid"
	for set in CapPrm CapEff; do
		keeps "$1" $set "$2"
	done
	keeps "$1" CapInh 0
	keeps "$1" CapAmb 0
	keeps "$1" CapBnd $bounding
	[ "$(field NoNewPrivs "$1")" -eq 1 ] || fail "$1: it may get new privileges"
	# sanitizers make calls of their own, and a kernel may have no filters
	! grep -q __asan_init "$PFQD" && grep -q '^Seccomp:' "$1" || return 0
	[ "$(field Seccomp "$1")" -eq 2 ] || fail "$1: no filter of system calls"
	has=$(field Seccomp_filters "$1")	# not before Linux 5.9
	[ "${has:-$3}" -eq "$3" ] || fail "$1: $has filters, not $3"
}

# Check all threads of the engine.
threads()
{
	local status pid=${PID[engine]} workers=0

	for status in /proc/"$pid"/task/*/status; do
		if [ "$status" = "/proc/$pid/task/$pid/status" ]; then
			thread "$status" $main 1
			[ $((0x$(field CapEff "$status") & 1 << 13)) -ne 0 ] ||
				fail "$status: without CAP_NET_RAW it cannot bind a device"
		elif [ "$(cat "${status%/*}/comm")" = pfqd-rings ]; then
			# the makers of rings: huge pages need CAP_IPC_LOCK
			thread "$status" $((1 << 14)) 2
		else
			thread "$status" 0 2
			workers=$((workers + 1))
		fi
	done
	[ $((1 + workers)) -ge "$(engine_threads)" ] ||
		fail "$workers workers: threads are missing"
}

for user in root nobody; do
	uid=$(id -u $user)
	engine_configure <<<$'[group demo]\ndevice = wire0'
	sed -i "s/^\[pfqd\]/&\nuser = $user/" "$T/engine.conf"
	launch_engine
	wait_for 20 "the engine, see engine.err" engine_is_up
	threads
	stop_engine
	# the next user may write here
	chmod 777 "$T"
done
