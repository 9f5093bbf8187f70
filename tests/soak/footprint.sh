# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The memory and descriptors of pfqd and of the witness; part of soak.sh. pfqd is compared when it
# rests: the witness is its only member, and passing0 is not there.
MORE_KIB=2048		# allowed more than at the first rest; a ring takes 8 MiB or more
MORE_WITNESS_KIB=512
# Large blocks that pfqd frees go back to the kernel. Without this variable, the C library keeps
# some of them for later; it depends on what was freed before.
export MALLOC_MMAP_THRESHOLD_=131072
declare -A AT_FIRST=() LAST=()	# KiB at the first rest and at the last one, by name

footprint_begin()
{
	BEGAN="$(engine_fds_at_rest) descriptors, $(threads_of_pfqd) threads"
	WITNESS_BEGAN=$(footprint_of_witness)
}

threads_of_pfqd()
{
	awk '/^Threads:/ { print $2 }' "/proc/${PID[engine]}/status"
}

# anonymous_kib NAME: print the memory that is its own, without rings
anonymous_kib()
{
	awk '/^RssAnon:/ { print $2 }' "/proc/${PID[$1]}/status"
}

footprint_of_witness()
{
	echo "$(find "/proc/${PID[witness]}/fd" -mindepth 1 | wc -l) descriptors," \
		"$(wc -l <"/proc/${PID[witness]}/maps") mappings"
}

# has pfqd the descriptors and threads that the first one began with?
pfqd_is_as_it_began()
{
	local now

	now="$(engine_fds) descriptors, $(threads_of_pfqd) threads"
	echo "pfqd: $now" >"$T/footprint.log"
	[ "$now" = "$BEGAN" ]
}

witness_is_as_it_began()
{
	local now

	now=$(footprint_of_witness)
	echo "witness: $now" >"$T/footprint.log"
	[ "$now" = "$WITNESS_BEGAN" ]
}

# at_most WHAT KIB MORE: fail if it is over MORE above what the first rest found
at_most()
{
	local first=${AT_FIRST[$1]:=$2}

	[ "$2" -le $((first + $3)) ] || fail "memory of $1: $first KiB at first, $2 KiB now"
	LAST[$1]=$2
}

# The traffic pauses, all members but the witness leave, the device vanishes, and the file is the
# first one.
rest()
{
	members_go_on
	members_are_there
	members_leave
	! passing_is_there || device_vanishes
	reload 1
	settle
	wait_for 20 "the shares to be given up" ctl_is groups 'all(.groups[]; .absent == 0)'
	wait_for 20 "pfqd to be as it began ($BEGAN)" pfqd_is_as_it_began
	wait_for 5 "the witness to be as it began ($WITNESS_BEGAN)" witness_is_as_it_began
	at_most pfqd "$(engine_memory_kib)" $MORE_KIB
	at_most "the witness" "$(anonymous_kib witness)" $MORE_WITNESS_KIB
}

footprint_print()
{
	local what

	for what in "${!AT_FIRST[@]}"; do
		echo "memory of $what: ${AT_FIRST[$what]} KiB at first, ${LAST[$what]} KiB at last"
	done
}
