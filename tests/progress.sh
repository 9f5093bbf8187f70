#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# lib/progress.sh reads logs of each kind. In a file it prints one line for each thing. On a
# terminal it updates one line, which is not wider than the terminal.
set -eu

. "$(dirname "$0")/lib/say.sh"
. "$(dirname "$0")/lib/progress.sh"
library=$(realpath "$(dirname "$0")/lib/progress.sh")
T=$(mktemp -d)
trap 'progress_stop; rm -rf "$T"' EXIT

# reads EXPECTED TOTAL <<LOG: progress_read must print EXPECTED for this log
reads()
{
	local said

	cat >"$T/log"
	said=$(progress_read "$T/log" "$2")
	[ "$said" = "$1" ] || fail "\"$said\", not \"$1\", for: $(cat "$T/log")"
}

reads '' 5 </dev/null
reads '2 of 181: pfqd/server.lo' 181 <<'END'
make[1]: Entering directory 'build'
Making all in core
  CC       libcore_la-filter.lo
  CCLD     libcore.la
Making all in pfqd
  CC       server.lo
END
reads '1: /x/kmod/lane.o' 0 <<<'  CC [M]  /x/kmod/lane.o'
reads '3 of 4: c.sh' 4 <<'END'
RUN: a.sh
RUN: b.sh
PASS: a.sh
FAIL: b.sh
RUN: c.sh
END
reads '3 of 3: c.sh' 3 <<'END'
RUN: a.sh
RUN: b.sh
SKIP: a.sh
RUN: c.sh
PASS: b.sh
END
reads '6.12, 4 CPUs, 3 of 18: tap' 0 <<'END'
RUN 6.12, 4 CPUs, 2 of 18: without-pfqd
RUN 6.12, 4 CPUs, 3 of 18: tap
PASS tap 3 s
END
reads 'checking for gcc' 0 <<<'checking for gcc... gcc'
reads 'fuzz_parse for 10 s' 0 <<<'fuzz: fuzz_parse for 10 s'

# progress_read prints each line once, however often it is called.
lines()
{
	progress_read "$T/log" 2 "$1"
}
printf 'RUN: a.sh\nPASS: a.sh\n' >"$T/log"
[ "$(lines 0)" = "1 of 2: a.sh"$'\n'2 ] || fail "the first look: $(lines 0)"
echo 'RUN: b.sh' >>"$T/log"
[ "$(lines 2)" = "2 of 2: b.sh"$'\n'3 ] || fail "the second look: $(lines 2)"

# all functions together, in a separate shell; its output goes to the file "said"
cat >"$T/work" <<'END'
set -eu
. "$1"

# shown TEXT: wait until it is in the output, or for 20 seconds
shown()
{
	tries=0
	until grep -qF -e "$1" "$dir/said" || [ $((tries += 1)) -gt 200 ]; do
		sleep 0.1
	done
}

dir=$2
echo 'RUN: a.sh' >"$dir/long-log"
progress_start "$dir/jobs"
progress_begin job "$dir/long-log" 2
shown '1 of 2: '
echo 'RUN: this-is-a-name-that-no-terminal-of-forty-columns-has-room-for.sh' >>"$dir/long-log"
shown '2 of 2: '
progress_end job
progress_line "job: ok"
progress_stop
END
sh "$T/work" "$library" "$T" >"$T/said"
diff - "$T/said" <<'END' || fail "that is what a log gets"
  job
  job 1 of 2: a.sh
  job 2 of 2: this-is-a-name-that-no-terminal-of-forty-columns-has-room-for.sh
job: ok
END
command -v script >/dev/null || exit 0
TERM=xterm script -qec "stty cols 40; sh $T/work $library $T" /dev/null </dev/null >"$T/said"
[ "$(tr -d '\r' <"$T/said" | grep -c .)" -le 2 ] ||
	fail "more lines than two on a terminal: $(cat -v "$T/said")"
grep -q 'job: ok' "$T/said" || fail "the line that stays is missing: $(cat -v "$T/said")"
grep -q '1 of 2: a.sh' "$T/said" || fail "not what runs: $(cat -v "$T/said")"
tr '\r' '\n' <"$T/said" | sed 's/\x1b\[K//' | awk 'length($0) > 39 { exit 1 }' ||
	fail "wider than 39 columns: $(cat -v "$T/said")"
