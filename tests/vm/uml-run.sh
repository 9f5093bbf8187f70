#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# uml-run.sh LINUX COMMAND: boots User-mode Linux, whose root is this machine's, read-only. It runs
# the script COMMAND and prints its output; the last line is "uml-status: STATUS". COMMAND.trees
# names the trees that the guest shows if they lie below /tmp or /run.
# PFQ_UML_SECONDS (900): the time limit.
set -euo pipefail

[ $# -eq 2 ] || { sed -n '3s/^# \(.*COMMAND\):.*/usage: \1/p' "$0" >&2; exit 2; }
here=$(dirname "$(realpath "$0")")
exec timeout "${PFQ_UML_SECONDS:-900}" env TMPDIR=/dev/shm "$1" mem=2G \
	random.trust_bootloader=on random.trust_cpu=on root=/dev/root rootfstype=hostfs \
	rootflags=/ ro quiet init="$here/uml-init" COMMAND="$2" con0=fd:0,fd:1 con=null \
	< /dev/null 2>&1
