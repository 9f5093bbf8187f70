#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# apparmor-local.sh add|remove FILE: adds or removes the line that gives a profile pfq's rules. FILE
# is the administrator's addition to that profile (/etc/apparmor.d/local/NAME). The other lines of
# FILE stay as they are. The line is not added if the administrator's own line includes the rules.
set -eu

# "if exists": a program's profile must still load after pfq was removed by hand
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
	# the last line has no newline
	if [ -s "$file" ] && [ -n "$(tail -c 1 "$file")" ]; then
		echo >>"$file"
	fi
	echo "$line" >>"$file"
	exit 0
fi

[ -f "$file" ] || exit 0
if grep -qxF "$line" "$file"; then
	# the new file gets the owner and mode of the old one, and replaces it when it is complete
	target=$(readlink -f "$file")
	rest=$(dirname "$target")/.pfq-$$
	trap 'rm -f "$rest"' EXIT
	cp -p "$target" "$rest"
	# status 1: our line was the only one
	grep -vxF "$line" "$target" >"$rest" || [ $? -eq 1 ]
	# if FILE is a mount point, it cannot be replaced, and is overwritten
	mv "$rest" "$target" 2>/dev/null || cat "$rest" >"$target"
fi
if includes; then
	echo "$file: a line other than pfq's own includes <abstractions/pfq>, which is gone now" >&2
fi
