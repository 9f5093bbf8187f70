#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# fetch.sh PACKAGE UPSTREAM CACHE DEST [DSC]
#
# Unpacks the distribution's source package into DEST, and applies its patches.
# Without DSC, the package comes from CACHE; apt fetches it into CACHE if it is not
# there. apt uses a state of its own: nothing in /etc/apt or /var/lib/apt changes,
# and the machine's sources need no deb-src.
#
# Exits with 3 if this machine offers no source package, or cannot reach it. Exits with
# 1 if there is one, and it is not the right one, or cannot be unpacked.
set -eu

if [ $# -lt 4 ] || [ $# -gt 5 ]; then
	echo "usage: fetch.sh PACKAGE UPSTREAM CACHE DEST [DSC]" >&2
	exit 2
fi
package=$1
table=$2
cache=$3
dest=$4
dsc=${5:-}

die()
{
	echo "fetch.sh: $*" >&2
	exit 1
}

# says that no source package can be had here, and what to do
no_source()
{
	echo "fetch.sh: $*" >&2
	echo "fetch.sh: without apt, fetch the source package of $package $(releases) elsewhere" >&2
	[ "$package" != libpcap ] || cat >&2 <<-EOF
		fetch.sh: and give its .dsc: ./configure --with-libpcap-source=FILE
		fetch.sh: or do without this library: ./configure --disable-libpcap
	EOF
	exit 3
}

releases()
{
	awk -v package="$package" '$1 == package && !seen[$2]++ {
		printf "%s%s", sep, $2; sep = " or " }' "$table"
}

# prints the checksum of file $1 in the table; nothing if the table lacks it
pinned()
{
	awk -v package="$package" -v file="$1" '$1 == package && $3 == file { print $4 }' "$table"
}

# Is the original tarball $1 of a newer release than all in the table?
newer()
{
	release=${1#"${package}_"}
	release=${release%%.orig.*}
	newest=$(awk -v package="$package" '$1 == package { print $2 }' "$table" |
		sort -V | tail -n 1)
	[ "$release" != "$newest" ] &&
		[ "$(printf '%s\n' "$release" "$newest" | sort -V | tail -n 1)" = "$release" ]
}

# May the original tarball $1 be built? It is pinned, or newer than all pins.
taken()
{
	[ -n "$(pinned "$1")" ] || newer "$1"
}

# warn_newer DIR FILE...: warns of a release without a pin, and says how to pin it
warn_newer()
{
	cat >&2 <<-EOF
		fetch.sh: warning: $package $release is newer than $newest, the newest release that
		fetch.sh: warning: was tested here. It is built without a checksum of our own. Once
		fetch.sh: warning: its tests pass, pin it by these lines in $table:
	EOF
	(
		cd "$1" || exit
		shift
		for file; do
			case $file in *.asc) continue ;; esac
			sum=$(sha256sum "$file" | cut -d ' ' -f 1)
			printf '%-9s %-8s  %-32s  %s\n' "$package" "$release" "$file" "$sum" >&2
		done
	)
}

# prints the files that the .dsc $1 names
files_of()
{
	awk '/^Checksums-Sha256:/ { on = 1; next } /^[^ ]/ { on = 0 } on { print $3 }' "$1"
}

# prints the checksum of file $2 in the .dsc $1
sum_of()
{
	awk -v file="$2" '/^Checksums-Sha256:/ { on = 1; next } /^[^ ]/ { on = 0 }
		on && $3 == file { print $1 }' "$1"
}

# prints the original tarball among the file names on stdin
orig_of()
{
	grep -E "^${package}_[^_]*\.orig\.tar\.[a-z0-9]+$" || true
}

# prints the upstream release of the installed binary packages
installed()
{
	# shellcheck disable=SC2016 # dpkg-query's format, not the shell's
	dpkg-query -W -f '${source:Package} ${source:Upstream-Version} ${db:Status-Status}\n' \
		2>/dev/null | awk -v package="$package" '$1 == package && $3 == "installed" {
			print $2; exit }'
}

# fails unless the original tarball of the .dsc $1 is in the table with its checksum, or newer than
# all, and unless all files have the checksums of the .dsc: dpkg-source --no-check compares none
verify()
{
	dir=$(dirname "$1")
	orig=$(files_of "$1" | orig_of)
	[ -n "$orig" ] || die "$1: names no ${package}_*.orig.tar; is it the .dsc of $package?"
	want=$(pinned "$orig")
	[ -n "$want" ] || newer "$orig" ||
		die "$1: $orig is not known; $table has $package $(releases), and newer ones" \
			"are taken"
	for file in $(files_of "$1"); do
		[ -f "$dir/$file" ] || die "$dir/$file: missing, $(basename "$1") names it"
		pin=$(pinned "$file")
		sum=$(sha256sum "$dir/$file" | cut -d ' ' -f 1)
		case $file in
		"$orig")
			[ -z "$pin" ] || [ "$sum" = "$pin" ] ||
				die "$dir/$file: sha256 $sum, $table says $pin;" \
					"delete it and fetch it again"
			;;
		*.debian.tar.*)
			[ -z "$want" ] || [ "$sum" = "$pin" ] ||
				echo "fetch.sh: warning: $file differs from the one in UPSTREAM:" \
					"another revision of the distribution's patches" >&2
			;;
		esac
		[ "$sum" = "$(sum_of "$1" "$file")" ] ||
			die "$dir/$file: sha256 $sum, but $(basename "$1") has another;" \
				"delete both and fetch them again"
	done
	# shellcheck disable=SC2046 # one word a file
	[ -n "$want" ] || warn_newer "$dir" $(files_of "$1")
}

# prints the best of the lines "version, original tarball, word" on stdin as "rank word". The rank
# is 2 for the installed release, 1 for a pinned one, 0 for a newer one. Of equals, the newest is
# best.
best()
{
	have=$(installed)
	sort -V | while read -r version orig word; do
		taken "$orig" || continue
		case $orig:$(pinned "$orig") in
		"${package}_$have.orig"*) echo "2 $word" ;;
		*:) echo "0 $word" ;;
		*) echo "1 $word" ;;
		esac
	done | sort -s -k 1,1n | tail -n 1
}

# prints a line for each .dsc in $cache: version, original tarball, file
cache_list()
{
	for file in "$cache/$package"_*.dsc; do
		[ -f "$file" ] || continue
		orig=$(files_of "$file" | orig_of)
		[ -n "$orig" ] || continue
		[ -f "$cache/$orig" ] || continue
		version=${file##*/"${package}"_}
		echo "${version%.dsc} $orig $file"
	done
}

# prints a .dsc in $cache: of the installed release, or the best one if $1 is "any"
cached()
{
	found=$(cache_list | best)
	case $1:$found in
	any:?* | *:2\ *) echo "${found#? }" ;;
	esac
}

# writes the machine's sources into $1, changed to sources of source packages
deb_src()
{
	etc=${APT_ETC:-/etc/apt}
	for file in "$etc"/sources.list.d/*.sources; do
		[ -f "$file" ] || continue
		sed -E 's/^[Tt]ypes:.*/Types: deb-src/' "$file" >"$1/$(basename "$file")"
	done
	for file in "$etc/sources.list" "$etc"/sources.list.d/*.list; do
		[ -f "$file" ] || continue
		sed -nE 's/^[[:space:]]*deb(-src)?[[:space:]]/deb-src /p' "$file" | sort -u \
			>"$1/$(basename "$file" .list).list"
	done
	find "$1" -type f -size +0 | grep -q .
}

# prints a line for each release that apt offers: version, original tarball
offered()
{
	apt-cache -c "$state/apt.conf" showsrc --only-source "$package" 2>/dev/null |
		awk '/^Version:/ { version = $2 }
			$NF ~ /\.orig\.tar\.[a-z0-9]+$/ { print version, $NF }' | sort -u
}

# prints the version to fetch by apt
choose()
{
	offered | awk '{ print $1, $2, $1 }' | best | cut -d ' ' -f 2
}

apt_fetch()
{
	command -v apt-get >/dev/null || no_source "there is no apt-get here to fetch $package with"
	state=$cache/apt
	rm -rf "$state"
	mkdir -p "$state/sources" "$state/lists/partial" "$state/archives/partial"
	deb_src "$state/sources" ||
		no_source "no package source is configured in ${APT_ETC:-/etc/apt}"
	cat >"$state/apt.conf" <<-EOF
		Dir::Etc::SourceList "/dev/null";
		Dir::Etc::SourceParts "$state/sources";
		Dir::State::Lists "$state/lists";
		Dir::Cache::Archives "$state/archives";
		Dir::Cache::pkgcache "";
		Dir::Cache::srcpkgcache "";
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		Acquire::Retries "2";
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
	EOF
	# a source may fail if another one has the package
	apt-get -q -c "$state/apt.conf" update >"$state/log" 2>&1 || true
	version=$(choose)
	if [ -z "$version" ]; then
		grep -E '^[EW]:' "$state/log" | tail -n 5 >&2 || true
		if [ -n "$(offered)" ]; then
			no_source "apt offers $package $(offered | cut -d ' ' -f 1 |
				tr '\n' ' ')but UPSTREAM knows only $(releases)"
		fi
		no_source "apt found no source package of $package (network?)"
	fi
	(cd "$cache" && LC_ALL=C apt-get -q -c "$state/apt.conf" source --download-only \
		--only-source "$package=$version" >"$state/log" 2>&1) || {
		grep -E '^[EW]:' "$state/log" | tail -n 5 >&2 || true
		! grep -Eq 'Hash Sum mismatch|unexpected size' "$state/log" ||
			die "$package $version: apt refuses what it fetched"
		no_source "apt could not fetch $package $version"
	}
	rm -rf "$state"
}

for tool in dpkg-source sha256sum awk; do
	command -v "$tool" >/dev/null || no_source "$tool is missing (Debian: dpkg-dev)"
done
if [ -z "$dsc" ]; then
	mkdir -p "$cache"
	cache=$(cd "$cache" && pwd)
	dsc=$(cached installed)
	if [ -z "$dsc" ]; then
		status=0
		(apt_fetch) 2>"$cache/apt.err" || status=$?
		[ "$status" -ne 0 ] || dsc=$(cached installed)
		# another known release is enough
		[ -n "$dsc" ] || dsc=$(cached any)
		[ -n "$dsc" ] || cat "$cache/apt.err" >&2
		rm -f "$cache/apt.err"
		[ -n "$dsc" ] || exit "$((status ? status : 1))"
	fi
fi
verify "$dsc"
rm -rf "$dest"
# apt has checked the chain from the archive's key to the .dsc; the uploaders'
# keys are not installed, hence --no-check
dpkg-source --no-check --no-copy -x "$dsc" "$dest" >"$dest.log" 2>&1 || {
	cat "$dest.log" >&2
	die "$dsc: cannot be unpacked"
}
chmod -R u+w "$dest"
rm -f "$dest.log"
