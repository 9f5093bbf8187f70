# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=sh
# These functions show what long work does at the moment. They read it from the log of that work.
# setup.sh and tests/check.sh use them; they run in any POSIX shell. A terminal gets one line, which
# renews itself each second. A file gets a line for each folder of a build and for each test.
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
# A job that runs has a file in the folder progress_jobs: its log, when it began (seconds since
# 1970), and how many tests or files it has; 0 where that is not known.
progress_jobs=
progress_watcher=

progress_terminal()
{
	[ -t 1 ] && [ "${TERM:-dumb}" != dumb ]
}

# progress_line TEXT: a line that stays; above the one that renews itself
progress_line()
{
	if progress_terminal; then
		printf '\r\033[K%s\n' "$1"
	else
		printf '%s\n' "$1"
	fi
}

# progress_begin JOB LOG [TOTAL]
progress_begin()
{
	printf '%s %s %s\n' "$2" "$(date +%s)" "${3:-0}" >"$progress_jobs/.$1"
	mv "$progress_jobs/.$1" "$progress_jobs/$1"
}

progress_end()
{
	rm -f "$progress_jobs/$1" "$progress_jobs/.seen-$1"
}

# progress_read LOG TOTAL [SEEN]: at the log's end, as "12 of 78: this and that". With SEEN, a
# line for each thing that began after line SEEN, then the number of lines that there are.
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

# On one line, what each job is at; cut where the terminal, descriptor 3, ends.
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

# A line for each thing that has begun since this was called last.
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

# progress_watch PID: until that process has ended
progress_watch()
{
	# a log or a job may go while it is read
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

# progress_start FOLDER: a process of its own shows the jobs of that folder from now on
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
