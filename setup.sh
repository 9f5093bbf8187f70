#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
echo "setup.sh: comes with the demo" >&2
exit 2
