#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# An unknown section is refused; the error has the file, the line and the section.
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
