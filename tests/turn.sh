#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# turn.sh SECONDS SCRIPT: runs a script of tests, for so long at most. With make -j several of
# them run side by side, in namespaces of their own. A script that says "# Alone: why" measures:
# it waits until the others have ended, and no other begins beside it.
set -eu

[ $# -eq 2 ] || { echo "usage: $0 SECONDS SCRIPT" >&2; exit 2; }
how=--shared
! grep -q '^# Alone: ' "$2" || how=--exclusive
# --close: a process that the script leaves behind must not hold the lock
exec flock --close $how "$PFQ_BUILD/tests/turn.lock" timeout -k 20 "$1" bash "$2"
