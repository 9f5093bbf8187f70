#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# An unknown key is refused; the error has the file, the line and the key.
. "$(dirname "$0")/../lib.sh"
begin
refuses engine.conf:2 wrokers <<END
[pfqd]
wrokers = 2
END
refuses engine.conf:5 devices <<END
[pfqd]
socket = $SOCKET
[group demo]
id      = 42
devices = lo
END
