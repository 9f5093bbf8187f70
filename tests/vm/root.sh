#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# root.sh DIR INSTALLED PROGRAM...: makes DIR/root, a root file system for run.sh -r: packages
# of this machine's Debian release with systemd, and the files of INSTALLED, which "make install
# DESTDIR=INSTALLED" has made. It has the libraries that these files and each PROGRAM need.
# Every program in it loads our libpcap, as after "setup.sh install". systemd makes pfqd's user when
# it boots. The packages are fetched
# again only if their versions have changed. If they cannot be fetched, it exits with 77.
set -euo pipefail

[ $# -ge 3 ] || { sed -n '3s/^# \(.*\): makes.*/usage: \1/p' "$0" >&2; exit 2; }
mkdir -p "$1"
dir=$(realpath "$1") installed=$(realpath "$2")
packages=(systemd kmod busybox-static iproute2 ethtool tcpdump jq)

for program in mmdebstrap dpkg-shlibdeps; do
	command -v $program > /dev/null || { echo "root.sh: $program is missing"; exit 77; }
done
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")

# libraries PROGRAM...: print the packages of the libraries that these and $installed need
libraries()
{
	local files

	# dpkg-shlibdeps reads a source package, and looks for our libraries in folders of -l.
	mkdir -p "$dir/debian"
	printf 'Source: pfq\n\nPackage: pfq\nArchitecture: any\n' > "$dir/debian/control"
	mapfile -t files < <(find "$installed" -name 'lib*.so.*' -printf '-l%h\n' | sort -u
		find "$installed" -type f \( -path '*bin/*' -o -name 'lib*.so.*' \) -printf '-e%p\n'
		realpath "$@" | sed 's/^/-e/')
	cd "$dir"
	dpkg-shlibdeps -O --ignore-missing-info "${files[@]}" 2> shlibdeps.log |
		sed 's/^shlibs:Depends=//; s/([^)]*)//g; s/,/ /g' | xargs -n 1
}

found=$(libraries "${@:3}") || { cat "$dir/shlibdeps.log" >&2; exit 1; }
mapfile -t -O ${#packages[@]} packages <<< "$found"

# The cached root belongs to these packages and to this script.
{
	echo "$suite $(cksum < "$0")"
	apt-cache policy "${packages[@]}" | grep -E '^[^ ]|Candidate:'
} > "$dir/wanted"
if ! cmp -s "$dir/wanted" "$dir/packages"; then
	rm -rf --one-file-system "$dir/base" "$dir/packages"
	mmdebstrap --mode=root --variant=essential --include="$(IFS=,; echo "${packages[*]}")" \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		"$suite" "$dir/base" > "$dir/mmdebstrap.log" 2>&1 || {
		tail -n 5 "$dir/mmdebstrap.log"
		echo "root.sh: the packages of $suite cannot be fetched"
		exit 77
	}
	# Without it, systemd would take this for a machine's first boot and enable all units.
	echo 0123456789abcdef0123456789abcdef > "$dir/base/etc/machine-id"
	mv "$dir/wanted" "$dir/packages"
fi

# Links, not copies: it takes a second.
rm -rf "$dir/root"
cp -al "$dir/base" "$dir/root"
cp -a --remove-destination "$installed/." "$dir/root/"
libpcap=$(cd "$installed" && find . -name 'libpcap.so.0.8' -printf '/%P\n')
[ -n "$libpcap" ] || { echo "root.sh: this build has no libpcap"; exit 77; }
dirname "$libpcap" > "$dir/root/etc/ld.so.conf.d/00-pfq.conf"
ldconfig -r "$dir/root"
