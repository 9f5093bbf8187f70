#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Runs tcpdump's own test suite from the distribution's source package, with the distribution's
# tcpdump, on our library and on the system's. The results are the same, and no test fails. Both
# also print the same text for each capture file in the suite.
#
# PFQ_TCPDUMP_SOURCE  the .dsc, if apt cannot fetch it
. "$(dirname "$0")/lib.sh"
clients_begin
need perl "${CC:-cc}" make
suite=$T/suite
unpack_source tcpdump "$suite" "${PFQ_TCPDUMP_SOURCE:-}"
cd "$suite"
# The suite reads the program's abilities from config.h. The distribution's tcpdump has no
# SMB printer.
./configure --disable-smb >"$T/configure.log" 2>&1 ||
	fail "configure: $(tail -n 5 "$T/configure.log")"

# suite LIBRARY: run the suite; its results go to T/LIBRARY.results
suite()
{
	with "$1" env TCPDUMP_BIN="$TCPDUMP -Z root" tests/TESTrun >"$T/$1.results" 2>&1 ||
		fail "with $1: $(grep -i 'failed' "$T/$1.results" | head -n 20)"
}

suite system
suite ours
diff "$T/system.results" "$T/ours.results" >"$T/results.err" || fail "$(cat "$T/results.err")"
grep -E 'tests (passed|failed)' "$T/ours.results"
grep -q '^ *0 tests failed' "$T/ours.results" || fail "some tests failed"
passed=$(sed -nE 's/^ *([0-9]+) tests passed.*/\1/p' "$T/ours.results")
[ "$passed" -ge 582 ] || fail "$passed passed, not 582"

# text LIBRARY: print all captures as text
text()
{
	local file

	for file in tests/*.pcap tests/*.pcapng; do
		echo "== $file"
		with "$1" "$TCPDUMP" -Z root -n -tttt -v -e -r "$file" 2>&1 || true
	done >"$T/$1.text"
}
text system
text ours
cmp "$T/system.text" "$T/ours.text" || fail "tcpdump -r prints another text"
echo "$(grep -c '^== ' "$T/ours.text") captures, $(wc -l <"$T/ours.text") lines, the same"
