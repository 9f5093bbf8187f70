#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# apparmor-local.sh add|remove FILE: the one line that gives a profile pfq's rules, in FILE, where an
# administrator adds to that profile (/etc/apparmor.d/local/NAME). Nothing else in it is
# touched; it is not added where a line of his own includes them already.
set -eu

# "if exists": the profile of a program is not to fail because pfq was taken away by hand
line='include if exists <abstractions/pfq>'

case ${1:-},$# in
add,2 | remove,2) ;;
*)
	echo "usage: apparmor-local.sh add|remove FILE" >&2
	exit 2
	;;
esac
file=$2

includes()
{
	grep -Eqs '^[[:space:]]*#?include[[:space:]].*<abstractions/pfq>' "$file"
}

if [ "$1" = add ]; then
	! includes || exit 0
	mkdir -p "$(dirname "$file")"
	# a last line without an end
	if [ -s "$file" ] && [ -n "$(tail -c 1 "$file")" ]; then
		echo >>"$file"
	fi
	echo "$line" >>"$file"
	exit 0
fi

[ -f "$file" ] || exit 0
if grep -qxF "$line" "$file"; then
	# with the owner and mode of the old one, and in its place only when it is whole
	target=$(readlink -f "$file")
	rest=$(dirname "$target")/.pfq-$$
	trap 'rm -f "$rest"' EXIT
	cp -p "$target" "$rest"
	# 1: our line was all there was
	grep -vxF "$line" "$target" >"$rest" || [ $? -eq 1 ]
	# it may be a mount of its own, which cannot be replaced
	mv "$rest" "$target" 2>/dev/null || cat "$rest" >"$target"
fi
if includes; then
	echo "$file: a line that is not pfq's own includes <abstractions/pfq>, which is gone now" >&2
fi
