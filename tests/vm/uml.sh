#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# uml.sh BUILD SCRIPT...: runs scripts of tests/netns on the kernel engine, or with
# PFQ_TEST_ENGINE=user on the user engine, in User-mode Linux: one CPU, at this machine's own
# speed. It builds that kernel once (PFQ_UML names where), and the module for it.
# PFQ_SCRIPT_SECONDS (300): the time limit of a script. PFQ_UML_SECONDS (900): of all.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
[ $# -ge 2 ] || { sed -n '3s/^# \(.*SCRIPT\.\.\.\):.*/usage: \1/p' "$0" >&2; exit 2; }
build=$(realpath "$1")
shift
work=$build/tests/vm
mkdir -p "$work"
export PFQ_UML_CONFIG=$here/uml-behave.config
linux=$("$here/uml-kernel.sh" "${PFQ_UML:-$work/uml-behave}" -j"$(nproc)")
make -s -C "$here/../../kmod" ARCH=um KDIR="$(dirname "$linux")" O="$work/uml-behave-module" \
	> "$work/uml-behave-module.log" 2>&1 ||
	{ cat "$work/uml-behave-module.log" >&2; exit 1; }
{
	# The guest has the variables that the scripts read.
	export -p | grep ' PFQ_' || true
	echo "export PFQ_BUILD=$build PFQ_KO=$work/uml-behave-module/kmod/pfq.ko"
	echo "export PFQ_TEST_ENGINE=${PFQ_TEST_ENGINE:-kernel}"
	echo "export PFQ_GUEST_SECONDS=${PFQ_UML_SECONDS:-900}"
	printf 'bash %q --guest' "$here/behave.sh"
	# the guest starts in /
	for script; do
		printf ' %q' "$(realpath "$script")"
	done
	echo
} > "$work/uml-behave"
printf '%s\n' "$build" "$(realpath "$here/../..")" > "$work/uml-behave.trees"
out=$work/uml-behave.log
"$here/uml-run.sh" "$linux" "$work/uml-behave" | tee "$out" | sed -u '/^uml-status/d' || true
! grep -aE 'BUG:|WARNING: (CPU|possible)|Call Trace' "$out" ||
	{ echo "uml.sh: the kernel complains, see $out" >&2; exit 1; }
grep -qa '^uml-status: 0' "$out"
