#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A program in a file of its own: SIGHUP reads it again, also if pfqd.conf is as before. Errors name
# file, line and column, and change nothing. pfqctl prints and sets the name of the file, whatever
# characters it has.
. "$(dirname "$0")/../lib.sh"
begin
wire_up

group=$'[group demo]\nid = 42\ndevice = wire0\nlang = file:demo.lang\n'
# beside engine.conf, to which the name in it is relative
printf '# DNS and the rest\nwhen (has_port 53) (count dns)\n>-> count all >-> steer_flow\n' \
	> "$T/demo.lang"
start_engine <<<"$group"
start_members demo d 2
ctl_is groups '.groups[0] | .steer == "lang" and (.lang | startswith("# DNS")) and
	([.counts[].name] == ["dns", "all"])' || fail "pfqctl shows: $(ctl groups --json)"
ctl groups demo | grep -q '^         when (has_port 53)' || fail "the program's lines are not shown"
# is the answer the program of the file?
ctl save > "$T/saved"
grep -qx 'lang = file:demo.lang' "$T/saved" || fail "pfqctl save prints: $(cat "$T/saved")"

send_udp()
{
	in_b "$TOOLS/pfq-frames" -i wire1 --kinds udp4 --packets 100 > "$T/sent"
	drain
}
send_udp
ctl_is groups '[.groups[0].counts[] | .packets] == [0, 100]' || fail "counted: $(ctl groups --json)"

# the same pfqd.conf, and another program
printf 'count all\n>-> when is_udp (count udp)\n>-> steer_flow\n' > "$T/demo.lang"
hang_up <<<"$group"
grep -q 'group demo: lang is file:demo.lang, which has other content now' "$T/engine.err" ||
	fail "the log does not say what has changed"
send_udp
ctl_is groups '[.groups[0].counts[] | [.name, .packets]] == [["all", 200], ["udp", 100]]' ||
	fail "counted: $(ctl groups --json)"
reads=$(engine_reads)
hang_up <<<"$group"
[ "$(engine_reads)" -gt "$reads" ] || fail "the file was not read again"
tail -n 2 "$T/engine.err" | grep -q 'nothing has changed' || fail "the same program is a change"

# an error leaves the program as it is
printf 'count all >->\n  is_upd >-> steer_flow\n' > "$T/demo.lang"
hang_up <<<"$group"
error="lang: $T/demo.lang:2:3: \"is_upd\": no such name; did you mean is_udp?"
grep -qF "$error" "$T/engine.err" || fail "the error is not: $error"
rm "$T/demo.lang"
hang_up <<<"$group"
grep -q "lang: $T/demo.lang: No such file or directory" "$T/engine.err" ||
	fail "no error about the missing file"
send_udp
ctl_is groups '[.groups[0].counts[] | .packets] == [300, 200]' ||
	fail "counted: $(ctl groups --json)"
! "$PFQD" --check "$T/engine.conf" 2> "$T/check" || fail "pfqd --check accepts it"
grep -q "engine.conf:9: \[group demo\] lang: $T/demo.lang: No such" "$T/check" ||
	fail "pfqd --check says: $(cat "$T/check")"

# a path with characters that begin a comment in pfqd.conf; a line end cannot be in a path there
mkdir "$T/a #b" "$T/it's;" "$T/"$'c\nid = 43'
for name in "a #b" "it's;"; do
	echo 'count other >-> steer_flow' > "$T/$name/x.lang"
	ctl lang set demo "$T/$name/x.lang" > "$T/set" 2>&1 || fail "$name: $(cat "$T/set")"
	ctl save > "$T/saved"
	grep -qF "file:$T/$name/x.lang" "$T/saved" || fail "pfqctl save prints: $(cat "$T/saved")"
done
cp "$T/a #b/x.lang" "$T/"$'c\nid = 43'
! ctl lang set demo "$T/"$'c\nid = 43/x.lang' > "$T/set" 2>&1 || fail "a line end is taken"
grep -q "allowed: no line end" "$T/set" || fail "pfqctl says: $(cat "$T/set")"
stats_add_up all
nothing_lost
stop_engine
