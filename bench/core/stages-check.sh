#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Fails if a packet of one scenario takes over 10 % more instructions in the datapath than the
# baseline says.
set -eu
here=$(dirname "$0")
exec sh "$here/stages.sh" check ./bench-stages "$here/baseline.tsv"
