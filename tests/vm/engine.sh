# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The kernel engine in the guest: what of tests/lib/engine.sh is different. The
# file lies over that one there, and the original beside it (behave.sh).
. "${BASH_SOURCE[0]%/*}/engine-user.sh"

eval "user_$(declare -f engine_begin)"
engine_begin()
{
	user_engine_begin
	SOCKET=/dev/pfq
	export PFQ_SOCKET=$SOCKET
	insmod "$PFQ_KO" || fail "insmod $PFQ_KO"
}

# "[group NAME]" and its keys, one NAME=VALUE a word, a group a line
groups_of()
{
	awk -F'[][]' '
	/^\[group / { sub(/^group /, "", $2); printf "%s%s", n++ ? "\n" : "", $2; next }
	/=/ {
		key = $0; sub(/[ \t]*=.*/, "", key)
		value = $0; sub(/^[^=]*=[ \t]*/, "", value)
		printf "\t%s=%s", key, value
	}
	END { print "" }'
}

start_engine()
{
	local line words status=0

	cat > "$T/engine.conf"
	groups_of < "$T/engine.conf" > "$T/groups"
	while read -r line; do
		IFS=$'\t' read -ra words <<< "$line"
		in_a "$PFQ_GROUP_TOOL" add "${words[@]}" > "$T/group.err" 2>&1 || status=$?
		[ $status -ne 77 ] || skip "the kernel engine's test tool: $(cat "$T/group.err")"
		[ $status -eq 0 ] || fail "group ${words[0]}: $(cat "$T/group.err")"
	done < "$T/groups"
	wait_for 5 "the engine" engine_is_up
}

# A clean end is the module's, when all who used it have ended.
stop_engine()
{
	rmmod pfq || fail "the module does not go: $(lsmod | grep pfq)"
}

crash_engine() { skip "a kernel engine does not crash by itself"; }
launch_engine() { skip "the kernel engine is no process"; }
refuses() { skip "the kernel engine reads no file"; }
engine_fds() { skip "the kernel engine is no process"; }
engine_memory_kib() { skip "the kernel engine is no process"; }
