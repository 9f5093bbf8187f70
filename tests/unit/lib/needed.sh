#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Other programs load libpfq. So it needs only libnl and the C library, and no library that
# acts by itself when it is loaded, as libhugetlbfs does (lib/pool.c).
set -eu

library=../../lib/.libs/libpfq.so
allowed='^(libnl-3|libnl-genl-3|libc|libm|libpthread|ld-linux-[a-z0-9-]*)\.so(\.[0-9]+)*$'

command -v readelf >/dev/null || { echo "readelf is missing"; exit 77; }
needed=$(readelf -d "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
[ -n "$needed" ] || { echo "$library: nothing needed could be read"; exit 1; }
case $needed in
*libasan* | *libubsan* | *libclang_rt*)
	echo "an instrumented library needs more"
	exit 77
	;;
esac
bad=0
for name in $needed; do
	if ! echo "$name" | grep -Eq "$allowed"; then
		echo "$library needs $name"
		bad=1
	fi
done
exit $bad
