#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# dkms.sh RELEASE BUILD: DKMS builds and signs the module for kernel RELEASE, whose headers
# are installed. The sources come from "make install". All files are in a folder of the
# test.
set -euo pipefail
. "$(dirname "$0")/../lib/say.sh"

[ $# -eq 2 ] || { echo "usage: $0 RELEASE BUILD" >&2; exit 2; }
release=$1 build=$(realpath "$2")
if ! command -v dkms > /dev/null || ! command -v openssl > /dev/null; then
	echo "SKIP dkms for $release: dkms or openssl is missing"
	exit 0
fi
work=$build/tests/vm/dkms
rm -rf "$work"
mkdir -p "$work"/{tree,modules}

# print the logs of a build that failed
logs()
{
	sed 's/^/| /' "$work/log"
	cat "$work"/tree/pfq/*/build/make.log 2> /dev/null || true
}
trap '[ $? -eq 0 ] || logs' EXIT

make -s -C "$build" install-nobase_dkmsDATA install-dkmsconfDATA DESTDIR="$work/installed" \
	prefix=/usr \
	> "$work/log" 2>&1 || fail "the sources are not installed"
source=$(echo "$work"/installed/usr/src/pfq-*)
module=pfq/${source##*/pfq-}
# The test uses its own key, not the machine's.
export mok_signing_key=$work/key mok_certificate=$work/certificate
ours=(--sourcetree "$work/installed/usr/src" --dkmstree "$work/tree" --installtree "$work/modules")
for step in add build; do
	dkms "$step" "$module" -k "$release" "${ours[@]}" >> "$work/log" 2>&1 || fail "dkms $step"
done
built=$(echo "$work/tree/$module/$release"/*/module/pfq.ko*)
[ -f "$built" ] || fail "DKMS has made no module"
[[ $(modinfo -F vermagic "$built") = "$release "* ]] ||
	fail "it is for $(modinfo -F vermagic "$built")"
[ "$(modinfo -F version "$built")" = "${module#pfq/}" ] ||
	fail "it is of version $(modinfo -F version "$built")"
[ "$(modinfo -F signer "$built")" = 'DKMS module signing key' ] || fail "it is not signed"
[ -f "$work/key" ] || fail "the machine's key was taken"
echo "PASS dkms for $release"
