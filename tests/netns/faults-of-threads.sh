#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Each system call that pfqd's other threads make while they start fails once in each thread, with
# each error that it can have. pfqd then ends with an error that names what failed, and leaves
# nothing; or it goes on, and everything works. No thread has more privileges than without a fault.
. "$(dirname "$0")/../lib.sh"
. "$PFQ_SRC/tests/lib/faults.sh"
. "$PFQ_SRC/tests/lib/faults-start.sh"
begin
[ "$ENGINE" = user ] || skip "with the kernel engine, pfqd has one thread"
faults_begin
wire_up
start_begin
record threads
echo "before: $BEFORE"
faults_of threads "$T/threads.trace" role=others until='write.*listening on'
try_faults threads try threads
faults_end
