# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=sh
# Functions that show the current step of long work. They read it from the log of the work.
# setup.sh and tests/check.sh use them, so they run in any POSIX shell. On a terminal they show
# one line and update it each second. In a file they print a line for each folder of a build and
# for each test.
#
# The functions know these forms of lines in a log:
#
#	RUN: NAME			a test begins; PASS: NAME and others end it
#	RUN TEXT			the guest rig is at TEXT
#	  CC       FILE			make compiles FILE
#	Making all in FOLDER		make is in FOLDER
#	checking for THING		configure looks for THING
#	fuzz: NAME for SECONDS s	a fuzz target begins
#
# A running job has a file in the folder progress_jobs. The file has the path of its log, the
# start time (seconds since 1970), and the number of tests or files (0: unknown).
progress_jobs=
progress_watcher=

progress_terminal()
{
	[ -t 1 ] && [ "${TERM:-dumb}" != dumb ]
}

# progress_line TEXT: print a line that stays, above the updated line
progress_line()
{
	if progress_terminal; then
		printf '\r\033[K%s\n' "$1"
	else
		printf '%s\n' "$1"
	fi
}

# progress_begin JOB LOG [TOTAL]: start to show the job
progress_begin()
{
	printf '%s %s %s\n' "$2" "$(date +%s)" "${3:-0}" >"$progress_jobs/.$1"
	mv "$progress_jobs/.$1" "$progress_jobs/$1"
}

progress_end()
{
	rm -f "$progress_jobs/$1" "$progress_jobs/.seen-$1"
}

# progress_read LOG TOTAL [SEEN]: print what runs at the end of the log, as "12 of 78: NAME, NAME".
# With SEEN, print a line for each thing that began after line SEEN, then the number of lines in
# the log.
progress_read()
{
	awk -v total="$2" -v seen="${3:--1}" '
	function count(n) { return n + 0 (total > 0 ? " of " total : "") }
	function began(text) { now = text; if (seen >= 0 && NR > seen) print text }
	/^RUN: / { running[$2] = ++tests; began(count(tests) ": " $2) }
	/^(PASS|FAIL|SKIP|ERROR|XFAIL|XPASS): / { delete running[$2] }
	/^RUN / { began(substr($0, 5)) }
	/^Making all in / { folder = $4 "/"; began(count(files) ": " $4) }
	/^  CC( \[M\])? / { files++; now = count(files) ": " folder $NF }
	/^checking / { now = $0; sub(/\.\.\..*/, "", now) }
	/^fuzz: .* for [0-9]+ s/ { began($2 " for " $4 " s") }
	END {
		if (seen >= 0) { print NR; exit }
		for (name in running) names = names (names == "" ? "" : ", ") name
		print names == "" ? now : count(tests) ": " names
	}' "$1" 2>/dev/null
}

# Show the current step of each job on one line, cut to the width of the terminal (descriptor 3).
progress_renew()
{
	line=
	for job in "$progress_jobs"/*; do
		[ -f "$job" ] || continue
		read -r log began total <"$job" 2>/dev/null || continue
		text=$(progress_read "$log" "$total")
		line="$line${line:+ | }${job##*/} $(($(date +%s) - began)) s${text:+: $text}"
	done
	columns=$(stty size <&3 2>/dev/null | cut -d' ' -f2)
	[ "${columns:-0}" -gt 1 ] || columns=80
	printf '\r\033[K%.*s' $((columns - 1)) "$line"
}

# Print a line for each thing that has begun since the last call.
progress_news()
{
	for job in "$progress_jobs"/*; do
		[ -f "$job" ] || continue
		read -r log began total <"$job" 2>/dev/null || continue
		mark=$progress_jobs/.seen-${job##*/}
		seen=0
		if [ -f "$mark" ]; then
			read -r seen <"$mark"
		else
			printf '  %s\n' "${job##*/}"
		fi
		progress_read "$log" "$total" "$seen" | while read -r text; do
			case $text in
			*[!0-9]*) printf '  %s %s\n' "${job##*/}" "$text" ;;
			*) [ ! -f "$job" ] || echo "$text" >"$mark" ;;
			esac
		done
	done
}

# progress_watch PID: show the jobs until this process has ended
progress_watch()
{
	# A log or a job may disappear while it is read.
	set +e
	while kill -0 "$1" 2>/dev/null; do
		sleep 1
		if progress_terminal; then
			progress_renew 3>&1
		else
			progress_news
		fi
	done
}

# progress_start FOLDER: start a process that shows the jobs of this folder
progress_start()
{
	progress_jobs=$1
	mkdir -p "$progress_jobs"
	rm -f "$progress_jobs"/* "$progress_jobs"/.[!.]*
	progress_watch $$ &
	progress_watcher=$!
}

progress_stop()
{
	[ -n "$progress_watcher" ] || return 0
	kill "$progress_watcher" 2>/dev/null || true
	wait "$progress_watcher" 2>/dev/null || true
	progress_watcher=
	! progress_terminal || printf '\r\033[K'
}
