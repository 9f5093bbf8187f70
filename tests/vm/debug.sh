#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# debug.sh BUILD: a kernel that checks itself (debug-kernel.sh builds it, which takes
# long the first time), 4 CPUs: the capture, PFQ_STRESS_SECONDS (1800) of
# kmod/stress.sh and PFQ_FUZZ_SECONDS (900) of kmod/fuzz.sh. Any complaint of the
# kernel's is a failure. PFQ_DEBUG_KERNEL: where that kernel is built.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
[ $# -eq 1 ] || { sed -n '3s/^# \(debug.sh BUILD\):.*/usage: \1/p' "$0" >&2; exit 2; }
build=$(realpath "$1")
stress=${PFQ_STRESS_SECONDS:-1800} fuzz=${PFQ_FUZZ_SECONDS:-900}

kernel=$("$here/debug-kernel.sh" "${PFQ_DEBUG_KERNEL:-$build/tests/vm/debug}" -j"$(nproc)")
failed=0
behave()
{
	PFQ_VM_SECONDS=$1 PFQ_SCRIPT_SECONDS=$1 "$here/behave.sh" "$kernel" "$build" 4 "${@:2}" || failed=1
}
behave 600 "$here/kmod/capture.sh"
SECONDS_TO_RUN=$stress behave $((stress + 600)) "$here/kmod/stress.sh"
SECONDS_TO_RUN=$fuzz behave $((fuzz + 900)) "$here/kmod/fuzz.sh"
exit $failed
