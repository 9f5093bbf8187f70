#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Each system call that pfqd's main thread makes while it starts fails once, with each error that it
# can have. pfqd then ends with an error that names what failed, and leaves nothing; or it goes on,
# and everything works. As after a crash, it finds the socket of a pfqd that was killed.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/faults.sh"
. "$PFQ_SRC/tests/lib/faults-start.sh"
begin
faults_begin
wire_up
start_begin
record main_thread
echo "before: $BEFORE"
faults_of main_thread "$T/main_thread.trace" from='openat.*engine.conf' until='write.*listening on'
try_faults main_thread try main_thread
faults_end
