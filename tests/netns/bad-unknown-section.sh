#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A section that does not exist is refused, by file, line and name.
. "$(dirname "$0")/../lib.sh"
begin
refuses engine.conf:4 grup <<END
[pfqd]
socket = $SOCKET

[grup demo]
id     = 42
device = lo
END
refuses engine.conf:1 pfqf <<END
[pfqf]
workers = 1
END
