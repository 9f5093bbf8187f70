# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The kernel engine in the guest: what of tests/lib/engine.sh is different. The
# file lies over that one there, and the original beside it (behave.sh).
. "${BASH_SOURCE[0]%/*}/engine-user.sh"
export ENGINE=kernel PFQ_TEST_ENGINE=kernel

eval "user_$(declare -f engine_begin)"
engine_begin()
{
	user_engine_begin
	[ -d /sys/module/pfq ] || insmod "$PFQ_KO" || fail "insmod $PFQ_KO"
}
