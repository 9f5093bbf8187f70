#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Checks that core/ calls only a few memory functions. filter_meta.c, which user space alone
# uses, also needs random numbers and the CPU's number.
set -eu

core=../../core
allowed='memcpy|memset|memcmp|memmove|strncmp|__stack_chk_fail|__[a-z]*_chk'
allowed="^($allowed|pfq_[a-z0-9_]*|_GLOBAL_OFFSET_TABLE_)\$"

command -v nm >/dev/null || { echo "nm is missing"; exit 77; }
set -- "$core"/.libs/libcore_la-filter.o "$core"/.libs/libcore_la-filter_run.o \
	"$core"/.libs/libcore_la-filter_meta.o "$core"/.libs/libcore_la-core.o
for object in "$@"; do
	[ -e "$object" ] || { echo "$object is missing"; exit 1; }
done
if nm "$@" | grep -q '__asan\|__ubsan\|__sanitizer\|__gcov\|__tsan'; then
	echo "instrumented objects ask for more"
	exit 77
fi
bad=0
for object in "$@"; do
	for symbol in $(nm -u "$object" | awk '{ print $2 }'); do
		case $object:$symbol in
		*meta.o:syscall | *meta.o:getrandom | *meta.o:__tls_get_addr) continue ;;
		esac
		if ! echo "$symbol" | grep -Eq "$allowed"; then
			echo "$object wants $symbol"
			bad=1
		fi
	done
done
exit $bad
