#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Fails if a stage of the datapath takes over 10 % more instructions than the baseline has.
set -eu
here=$(dirname "$0")
exec sh "$here/stages.sh" check ./bench-stages "$here/baseline.tsv"
