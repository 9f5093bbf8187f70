# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The kernel engine in the guest: what of tests/lib/engine.sh is different. The
# file lies over that one there, and the original beside it (behave.sh).
. "${BASH_SOURCE[0]%/*}/engine-user.sh"
export ENGINE=kernel PFQ_TEST_ENGINE=kernel
# the processor is emulated, and others have a share of it; for lib.sh
# shellcheck disable=SC2034
PATIENCE=${PFQ_PATIENCE:-4}

# a GiB takes an emulated machine long to clear
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
