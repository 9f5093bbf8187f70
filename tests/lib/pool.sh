# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# For scripts that change the machine's pool of huge pages of 2 MiB.
pool=/sys/kernel/mm/hugepages/hugepages-2048kB

# pool_begin: take the pool, or skip. Call it after begin. Tests that change the pool wait for each
# other. At the end it has as many pages as before.
pool_begin()
{
	need flock
	[ "$ENGINE" = user ] || skip "the kernel engine has its own test of the pool"
	[ -w $pool/nr_hugepages ] || skip "this kernel has no pool of huge pages of 2 MiB"
	exec {pool_lock}<>$pool/nr_hugepages
	flock "$pool_lock"
	pool_had=$(cat $pool/nr_hugepages)
	trap 'pool_give_back || cleanup; cleanup' EXIT
}

# pool_give_back: return the status of the command before
pool_give_back()
{
	local status=$?

	echo "$pool_had" >$pool/nr_hugepages
	return $status
}

# pool_kib: print how much of the engine's memory is in the pool
pool_kib()
{
	awk '/^HugetlbPages:/ { print $2 }' "/proc/${PID[engine]}/status"
}
