# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The parts of tests/lib/engine.sh that are different in the guest, with the kernel engine.
# behave.sh mounts this file over that one, and keeps the original beside it.
. "${BASH_SOURCE[0]%/*}/engine-user.sh"
export ENGINE=kernel PFQ_TEST_ENGINE=kernel
# The processor is emulated, and other programs share it. lib.sh uses this.
# shellcheck disable=SC2034
PATIENCE=${PFQ_PATIENCE:-4}

# An emulated machine takes long to clear a GiB.
engine_ring_max()
{
	echo 64 > /sys/module/pfq/parameters/ring_max_mib
	echo $((64 << 20))
}

eval "user_$(declare -f engine_begin)"
engine_begin()
{
	user_engine_begin
	[ -d /sys/module/pfq ] || insmod "$PFQ_KO" || fail "insmod $PFQ_KO"
}
