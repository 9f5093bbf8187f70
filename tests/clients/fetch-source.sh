#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# fetch.sh takes a pinned source, or a newer release with a warning, and no other. The
# source comes from apt (sources of both formats that offer binary packages only), from a
# cache or from a .dsc. An error says what is wrong and what to do, and its exit status says
# whether there is no source here, or a wrong one.
. "$(dirname "$0")/lib.sh"
need apt-get apt-cache dpkg-scansources dpkg-source
FETCH=$PFQ_SRC/libpcap-pfq/fetch.sh
TABLE=$PFQ_SRC/libpcap-pfq/UPSTREAM
T=$(mktemp -d "${TMPDIR:-/tmp}/pfq-$TEST.XXXXXX")
trap cleanup EXIT
chmod 755 "$T"

dsc=$(find "$PFQ_BUILD/libpcap-pfq/cache" ${PFQ_LIBPCAP_CACHE:+"$PFQ_LIBPCAP_CACHE"} \
	-name 'libpcap_*.dsc' 2>/dev/null | head -n 1)
[ -n "$dsc" ] || dsc=$(sed -nE 's/^libpcap_source *= *//p' "$PFQ_BUILD/libpcap-pfq/Makefile")
[ -f "$dsc" ] || skip "the build has no source package of libpcap"
mkdir "$T/archive"
cp "$(dirname "$dsc")"/libpcap_* "$T/archive/"
dsc=$T/archive/$(basename "$dsc")
orig=$(find "$T/archive" -name '*.orig.tar.[gx]z' | head -n 1)

fetch()
{
	bash "$FETCH" libpcap "$TABLE" "$T/cache" "$T/source" "$@"
}

# takes NAME FETCH-ARGUMENT...: fetch.sh unpacks the source, with its patches
takes()
{
	local name=$1

	shift
	rm -rf "$T/source"
	fetch "$@" 2>"$T/$name.err" || fail "$name: $(cat "$T/$name.err")"
	[ -f "$T/source/libpcap-symbols.lds" ] || fail "$name: the patches are not applied"
	[ -f "$T/source/pcap-int.h" ] || fail "$name: no source was unpacked"
	echo "ok $name"
}

# fetch_exits STATUS NAME WORD... -- FETCH-ARGUMENT...: fetch.sh fails with the status, and its
# error has each word
fetch_exits()
{
	local status=$1 name=$2 rc=0 words=() word

	shift 2
	while [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	shift
	rm -rf "$T/source"
	fetch "$@" >"$T/$name.err" 2>&1 || rc=$?
	[ $rc -ne 0 ] || fail "$name: the source was accepted"
	[ $rc -eq "$status" ] || fail "$name: exit status $rc, not $status: $(cat "$T/$name.err")"
	for word in "${words[@]}"; do
		grep -qF -e "$word" "$T/$name.err" ||
			fail "$name: no \"$word\": $(cat "$T/$name.err")"
	done
	[ ! -e "$T/source" ] || fail "$name: files were left behind"
	echo "ok $name"
}

# refuses_source NAME WORD... -- FETCH-ARGUMENT...: there is a wrong source
refuses_source()
{
	fetch_exits 1 "$@"
}

# finds_none NAME WORD... -- FETCH-ARGUMENT...: there is no source
finds_none()
{
	fetch_exits 3 "$@"
}

# release_again RELEASE FOLDER: copy the source into FOLDER, as that of RELEASE
release_again()
{
	local release file

	release=$(basename "$orig" | sed -E 's/^libpcap_([^_]*)\.orig.*/\1/')
	for file in "$T/archive"/libpcap_*.tar.*; do
		cp "$file" "$2/$(basename "$file" | sed "s/_$release/_$1/")"
	done
	sed "s/${release//./\\.}/$1/g" "$dsc" >"$2/libpcap_$1-1.dsc"
}

# --- a .dsc ---------------------------------------------------------------------------
takes dsc "$dsc"
sed 's/libpcap_[0-9.]*\.orig/libpcap_1.9.1.orig/' "$dsc" >"$T/archive/other.dsc"
refuses_source unknown-release libpcap_1.9.1.orig 1.10.3 -- "$T/archive/other.dsc"
# the same source with the number of a release newer than all in the table
mkdir "$T/newer"
release_again 9.9 "$T/newer"
newer=libpcap_9.9.orig.tar.${orig##*.}
takes newer-release "$T/newer/libpcap_9.9-1.dsc"
grep -q 'warning: libpcap 9.9 is newer' "$T/newer-release.err" ||
	fail "no warning: $(cat "$T/newer-release.err")"
# No table has a checksum for it, but its .dsc has.
cp -r "$T/newer" "$T/altered"
printf x >>"$T/altered/$newer"
refuses_source newer-release-altered sha256 "$newer" -- "$T/altered/libpcap_9.9-1.dsc"
# The warning prints a line for the table. With this line fetch.sh takes the source without
# a warning, and refuses a changed one.
{ cat "$TABLE"; grep '^libpcap ' "$T/newer-release.err"; } >"$T/UPSTREAM"
TABLE=$T/UPSTREAM
takes newer-release-pinned "$T/newer/libpcap_9.9-1.dsc"
[ ! -s "$T/newer-release-pinned.err" ] ||
	fail "there is a message: $(cat "$T/newer-release-pinned.err")"
printf x >>"$T/newer/$newer"
refuses_source newer-release-tampered sha256 "$newer" -- "$T/newer/libpcap_9.9-1.dsc"
TABLE=$PFQ_SRC/libpcap-pfq/UPSTREAM
echo "Format: 3.0" >"$T/archive/empty.dsc"
refuses_source no-dsc "is it the .dsc of libpcap" -- "$T/archive/empty.dsc"
mkdir "$T/part"
cp "$dsc" "$T/part/"
refuses_source files-missing "missing" -- "$T/part/$(basename "$dsc")"
cp "$T"/archive/libpcap_* "$T/part/"
printf x >>"$T/part/$(basename "$orig")"
refuses_source tampered sha256 "$(basename "$orig")" -- "$T/part/$(basename "$dsc")"

# --- apt: an archive of our own, listed in both formats -----------------------------------
rm "$T/archive/other.dsc" "$T/archive/empty.dsc"
(cd "$T/archive" && dpkg-scansources . 2>/dev/null >Sources)
grep -q '^Package: libpcap' "$T/archive/Sources" || fail "no archive could be made"
export APT_ETC=$T/etc
mkdir -p "$APT_ETC/sources.list.d"

before=$(find /etc/apt /var/lib/apt -newer "$dsc" 2>/dev/null | sort)
printf 'Types: deb\nURIs: file:%s\nSuites: ./\nTrusted: yes\n' "$T/archive" \
	>"$APT_ETC/sources.list.d/own.sources"
takes apt-deb822
rm -rf "$T/cache" "$APT_ETC/sources.list.d/own.sources"
printf '# deb http://nowhere.invalid/debian x main\ndeb [trusted=yes] file:%s ./\n' "$T/archive" \
	>"$APT_ETC/sources.list.d/own.list"
takes apt-one-line
rm -rf "$T/cache"
mv "$APT_ETC/sources.list.d/own.list" "$APT_ETC/sources.list"
echo 'deb http://127.0.0.1:1/debian nowhere main' >>"$APT_ETC/sources.list"
takes apt-one-source-fails
[ "$(find /etc/apt /var/lib/apt -newer "$dsc" 2>/dev/null | sort)" = "$before" ] ||
	fail "apt's own state has changed"

# apt finds that the tarball is not the listed one.
cp -r "$T/archive" "$T/mirror"
printf x >>"$T/mirror/$(basename "$orig")"
echo "deb [trusted=yes] file:$T/mirror ./" >"$APT_ETC/sources.list"
rm -rf "$T/cache"
refuses_source apt-tampered "$(basename "$orig")" "apt refuses what it fetched" --
rm -rf "$T/cache"
echo "deb [trusted=yes] file:$T/archive ./" >"$APT_ETC/sources.list"
takes apt-again

rm -rf "$APT_ETC"
takes cache
# Without an installed release, a pinned source is taken, though a newer one sorts before it.
mkdir "$T/bin"
printf '#!/bin/sh\nexit 1\n' >"$T/bin/dpkg-query"
chmod 755 "$T/bin/dpkg-query"
path=$PATH
PATH=$T/bin:$PATH
release_again 1.10.10 "$T/cache"
{ cat "$TABLE"; grep '^libpcap ' "$T/dsc.err" || true; } >"$T/pinned"
TABLE=$T/pinned
takes cache-pinned
! grep warning "$T/cache-pinned.err" || fail "a source without a pin was taken"
# The newest of the pinned ones is taken, though it sorts last: this one has been tampered with.
cp "$T/newer"/* "$T/cache/"
TABLE=$T/UPSTREAM
refuses_source cache-newest sha256 "$newer" --
TABLE=$PFQ_SRC/libpcap-pfq/UPSTREAM
PATH=$path
rm -rf "$T/cache"
finds_none no-sources "no package source" --with-libpcap-source=FILE --
mkdir -p "$APT_ETC"
echo 'deb http://127.0.0.1:1/debian nowhere main' >"$APT_ETC/sources.list"
finds_none no-network 127.0.0.1:1 --with-libpcap-source=FILE --disable-libpcap --
sed -i 's/^Version: .*/Version: 1.9.1-2/; s/libpcap_1[0-9.]*\.orig/libpcap_1.9.1.orig/' \
	"$T/archive/Sources"
echo "deb [trusted=yes] file:$T/archive ./" >"$APT_ETC/sources.list"
finds_none unknown-offer 1.9.1-2 1.10.3 --with-libpcap-source=FILE --

# --- a test that needs a source -----------------------------------------------------------
# asks STATUS WORD [DSC]: unpack_source ends a test with the status, and says the word
asks()
{
	local rc=0

	(PFQ_LIBPCAP_CACHE=$T/cache unpack_source libpcap "$T/source" ${3:+"$3"}) \
		>"$T/asks.err" 2>&1 || rc=$?
	[ $rc -eq "$1" ] || fail "unpack_source: exit status $rc, not $1: $(cat "$T/asks.err")"
	[ -z "$2" ] || grep -qF -e "$2" "$T/asks.err" ||
		fail "unpack_source: no \"$2\": $(cat "$T/asks.err")"
	echo "ok asks-$1"
}
rm -rf "$T/cache"
asks $SKIPPED "skipped: no source of libpcap"
asks 1 sha256 "$T/part/$(basename "$dsc")"
asks 0 "" "$dsc"
