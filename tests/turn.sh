#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# turn.sh SECONDS SCRIPT: runs a test script, for SECONDS at most, times PFQ_PATIENCE if it is set:
# each wait of the script is longer by this factor. With make -j, several scripts run side by side,
# each in its own namespaces. A script with a line "# Alone: why" measures. It waits until the
# others have ended, and no other begins while it runs.
set -eu

[ $# -eq 2 ] || { echo "usage: $0 SECONDS SCRIPT" >&2; exit 2; }
how=--shared
! grep -q '^# Alone: ' "$2" || how=--exclusive
# --close: a process that outlives the script must not hold the lock.
exec flock --close $how "$PFQ_BUILD/tests/turn.lock" \
	timeout -k 20 $(($1 * ${PFQ_PATIENCE:-1})) bash "$2"
