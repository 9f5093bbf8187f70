#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Two groups with the same id or the same name are refused.
. "$(dirname "$0")/../lib.sh"
begin
refuses engine.conf:7 42 one two <<END
[pfqd]
socket = $SOCKET
[group one]
id     = 42
device = lo
[group two]
id     = 42
device = lo
END
refuses engine.conf:6 one <<END
[pfqd]
socket = $SOCKET
[group one]
id     = 42
device = lo
[group one]
id     = 43
device = lo
END
