#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# user.sh add|remove: makes or removes the user of pfqd's unit, as sysusers.d/pfqd.conf has it. Each
# boot makes the user, too. A user of that name whom somebody else has made stays.
set -eu

users=$(dirname "$0")/sysusers.d/pfqd.conf
name=$(awk '$1 == "u" { print $2 }' "$users")
comment=$(sed -n 's/^u .*"\(.*\)"$/\1/p' "$users")

case ${1:-},$# in
add,1)
	if command -v systemd-sysusers >/dev/null; then
		systemd-sysusers "$users"
	elif ! getent passwd "$name" >/dev/null; then
		echo "user: there is no systemd-sysusers to make the user $name of pfqd's unit"
	fi
	;;
remove,1)
	[ "$(getent passwd "$name" | cut -d : -f 5)" = "$comment" ] || exit 0
	userdel "$name" 2>/dev/null || echo "user: $name stays, because it has processes"
	;;
*)
	echo "usage: user.sh add|remove" >&2
	exit 2
	;;
esac
