#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# "make install" adds AppArmor rules that parse within Debian's profile of tcpdump. It adds
# one line to the administrator's own file and changes nothing else in it. A second install
# does not add the line again, and "make uninstall" removes it.
. "$(dirname "$0")/../lib.sh"

T=$(mktemp -d "${TMPDIR:-/tmp}/pfq-$TEST.XXXXXX")
trap 'rm -rf "$T"' EXIT
root=$T/root
rules=$root/etc/apparmor.d
local=$rules/local/usr.bin.tcpdump
line='include if exists <abstractions/pfq>'

staged()
{
	make -s -C "$PFQ_BUILD/conf" "$1" DESTDIR="$root" sysconfdir=/etc >"$T/make.log" 2>&1 ||
		fail "make $1: $(cat "$T/make.log")"
}

# local_is: compare the file with standard input
local_is()
{
	cat >"$T/wanted"
	cmp "$T/wanted" "$local" || fail "$local: $(cat "$local")"
}

staged install
[ -f "$rules/abstractions/pfq" ] || fail "no abstraction"
! grep -n '@[a-z]*dir@' "$rules/abstractions/pfq" || fail "a path was not filled in"
[ ! -e "$local" ] || fail "a file was made although the profile does not exist"

mkdir -p "$rules/local"
echo 'profile tcpdump /usr/bin/tcpdump { }' >"$rules/usr.bin.tcpdump"
# a file whose last line has no newline
printf '# mine\n/srv/** rw,' >"$local"
chmod 640 "$local"
staged install
staged install
printf '# mine\n/srv/** rw,\n%s\n' "$line" | local_is
[ "$(stat -c %a "$local")" = 640 ] || fail "the mode of the file has changed"
staged uninstall
printf '# mine\n/srv/** rw,\n' | local_is
[ "$(stat -c %a "$local")" = 640 ] || fail "the mode of the file has changed"
[ ! -e "$rules/abstractions/pfq" ] || fail "the abstraction was not removed"

printf '  #include <abstractions/pfq>\n' >"$local"
staged install
printf '  #include <abstractions/pfq>\n' | local_is
staged uninstall
grep -q 'is gone now' "$T/make.log" ||
	fail "make uninstall does not warn of a line that includes a removed file"
printf '  #include <abstractions/pfq>\n' | local_is

: >"$local"
staged install
echo "$line" | local_is
if ! command -v apparmor_parser >/dev/null || ! [ -f /etc/apparmor.d/usr.bin.tcpdump ] ||
	! [ -f /etc/apparmor.d/abstractions/base ]; then
	skip "apparmor_parser or Debian's profile of tcpdump is missing"
fi
cp -r /etc/apparmor.d/{abi,abstractions,tunables} "$rules/"
cp /etc/apparmor.d/usr.bin.tcpdump "$rules/"
staged install
parse()
{
	apparmor_parser --base "$rules" -I "$rules" -K -Q "$@" "$rules/usr.bin.tcpdump" 2>&1
}
said=$(parse) || fail "the rules do not parse: $said"
parse -p | grep -q '^ */dev/pfq rw,' || fail "the profile does not include the rules"
