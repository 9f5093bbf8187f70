#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfqd reaches the limit of its address space, of locked memory, or of its control group, while it
# starts or while programs join. It says so, or does without. A member gets every packet.
. "$(dirname "$0")/../lib.sh"
begin
wire_up

# address_space_kib: print how much pfqd has
address_space_kib()
{
	awk '/^VmSize:/ { print $2 }' "/proc/${PID[engine]}/status"
}

# complete: the member has got every packet
complete()
{
	drain
	stats_add_up
	stop_captures stays wire
	check --reference wire stays
}

# --- address space ---------------------------------------------------------------------
# joins_refused: a ring that pfqd has no room for is refused
joins_refused()
{
	reference wire wire0
	capture stays pfq@demo
	for more in 1 8 32; do
		prlimit --pid "${PID[engine]}" \
			--as=$((($(address_space_kib) + (more << 10)) << 10)):
		PFQ_RING=64M application_refused pfq@demo "PFQ_RING: a ring of" \
			"Cannot allocate memory: MemoryMax= of pfqd's unit, its \`ulimit -v\`"
		frames b --kinds udp4 --packets 100
	done
	prlimit --pid "${PID[engine]}" --as=unlimited:
	PFQ_RING=64M capture joins pfq@demo
	frames b --kinds udp4 --packets 100
	complete
	stop_captures joins
}

start_group demo steer=copy ring=1M
size=$(address_space_kib)
# a ring of the kernel engine is not pfqd's: vm/kmod/cgroup.sh limits the programs
[ "$ENGINE" = kernel ] || joins_refused
stop_engine

# Each step of a start says so, too.
refused=0
for ((percent = 50; percent < 200; percent += 4)); do
	limited_engine -v $((size * percent / 100)) || true
	# pfqd also starts if it has no room for the receive ring, and says so
	! grep -q 'listening on' "$T/brief.err" || grep -q 'it is not used' "$T/brief.err" || break
	! grep -q 'loading shared libraries' "$T/brief.err" || continue
	grep -q "Cannot allocate memory\|no memory\|MemoryMax=" "$T/brief.err" ||
		fail "with $percent % of $size KiB: $(cat "$T/brief.err")"
	refused=$((refused + 1))
done
echo "pfqd has $size KiB of address space; $refused starts with less were refused, up to $percent %"
[ $refused -gt 1 ] && [ $percent -lt 200 ] || fail "it did not start: $(cat "$T/brief.err")"

[ "$ENGINE" = user ] || exit 0

# --- locked memory -----------------------------------------------------------------------
# Without locked memory, there is no secret memory. pfqd takes a sealed file.
background engine ip netns exec "$NS_A" setpriv --bounding-set=-ipc_lock --inh-caps=-ipc_lock \
	bash -c 'ulimit -l 0; exec "$@"' pfqd "$PFQD" -c "$T/engine.conf"
wait_for 20 "the engine, see engine.err" engine_is_up
reference wire wire0
capture stays pfq@demo
frames b --kinds udp4 --packets 100
! grep -q secretmem "/proc/${PID[engine]}/maps" || fail "pfqd has locked memory all the same"
grep -q 'memfd:pfq-reader' "/proc/${PID[engine]}/maps" || fail "no sealed file"
complete
stop_engine

# --- control group -----------------------------------------------------------------------
root=/sys/fs/cgroup
grep -qs memory $root/cgroup.subtree_control || {
	echo "no memory controller of cgroup 2 here: its limit is not tested"
	exit 0
}
cgroup=$root/pfq-$$
mkdir "$cgroup"
trap 'cleanup_group || cleanup; cleanup' EXIT
cleanup_group()
{
	local status=$?

	kill -KILL "${PID[engine]}" 2>/dev/null || true
	sleep 0.2
	rmdir "$cgroup"
	return $status
}
launch_engine
echo "${PID[engine]}" >"$cgroup/cgroup.procs"
wait_for 20 "the engine, see engine.err" engine_is_up
echo $((256 << 20)) >"$cgroup/memory.max"
reference wire wire0
capture stays pfq@demo
PFQ_RING=512M application_refused pfq@demo "PFQ_RING: a ring of" "ask for a smaller one"
frames b --kinds udp4 --packets 100
complete
stop_engine
