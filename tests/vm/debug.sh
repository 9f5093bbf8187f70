#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# debug.sh BUILD: runs tests on a kernel that checks itself, with 4 CPUs. debug-kernel.sh
# builds it, which takes long the first time. The tests: the capture; kmod/promisc.sh; each
# allocation fails once (kmod/failslab.sh); kmod/stress.sh for PFQ_STRESS_SECONDS (1800);
# kmod/fuzz.sh for PFQ_FUZZ_SECONDS (900) with PFQ_SEED (1). Any complaint of the kernel is
# a failure. PFQ_DEBUG_KERNEL: where that kernel is built.
# If the kernel cannot be built, it exits with 77 and prints the reason.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
. "$here/../lib/say.sh"
[ $# -eq 1 ] || { sed -n '3s/^# \(debug.sh BUILD\):.*/usage: \1/p' "$0" >&2; exit 2; }
build=$(realpath "$1")
stress=${PFQ_STRESS_SECONDS:-1800} fuzz=${PFQ_FUZZ_SECONDS:-900}

need qemu-system-x86_64 flex bison bc cpio
echo "RUN a kernel that checks itself: build"
kernel=$("$here/debug-kernel.sh" "${PFQ_DEBUG_KERNEL:-$build/tests/vm/debug}" -j"$(nproc)")
failed=0
# behave SECONDS SCRIPT: run it, and print its output even if it passes
behave()
{
	echo "RUN a kernel that checks itself: $(basename "$2" .sh)"
	echo "$(date -u +'%F %T') $(basename "$2" .sh)"
	PFQ_VM_VERBOSE=1 PFQ_VM_SECONDS=$1 PFQ_SCRIPT_SECONDS=$1 \
		"$here/behave.sh" "$kernel" "$build" 4 "${@:2}" || failed=1
}
behave 600 "$here/kmod/capture.sh"
behave 900 "$here/kmod/promisc.sh"
# The kernel itself warns if a module with tracepoints has no memory for the names of its
# fields.
PFQ_VM_NOT_OURS='WARNING: .* at event_define_fields\+' behave 1800 "$here/kmod/failslab.sh"
# A slower rate: the honest consumers need CPU time beside all the others.
export RATE=40
SECONDS_TO_RUN=$stress behave $((stress * 2 + 900)) "$here/kmod/stress.sh"
SECONDS_TO_RUN=$fuzz SEED=${PFQ_SEED:-1} behave $((fuzz * 2 + 900)) "$here/kmod/fuzz.sh"
echo "$(date -u +'%F %T') status $failed"
exit $failed
