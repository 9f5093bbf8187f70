#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A script gets a signal to end, and a second one while it cleans up (timeout(1) does this).
# It leaves no namespace, engine or file, and says where it was.
. "$(dirname "$0")/../lib.sh"
begin
# A script like the others. It waits after "ready".
cat >"$T/victim.sh" <<END
. "$PFQ_SRC/tests/lib.sh"
begin
wire_up
start_group demo
background waits sleep 60
echo "ready \$NS_A \$NS_B \${PID[engine]} \$T"
wait "\${PID[waits]}"
END

gone()
{
	! kill -0 "$1" 2>/dev/null
}

# The second signal comes this many seconds later: at once, or while the namespaces are
# removed.
for later in 0 0.002 0.01 0.03 0.1; do
	background victim env PFQ_BUILD="$PFQ_BUILD" bash "$T/victim.sh"
	wait_for 20 "the script, see victim.err" grep -q ready "$T/victim.out"
	read -r _ a b engine files <"$T/victim.out"
	[ -e "/run/netns/$a" ] && [ -e "/run/netns/$b" ] && ! gone "$engine" && [ -d "$files" ] ||
		fail "the script has not made what it should remove"
	kill -TERM "${PID[victim]}"
	sleep $later
	kill -TERM "${PID[victim]}" 2>/dev/null || true
	status=0
	ended victim 20 || status=$?
	left=
	for ns in "$a" "$b"; do
		[ ! -e "/run/netns/$ns" ] || left="$left namespace $ns"
		# remove the namespace if the script has left it
		ip netns del "$ns" 2>/dev/null || true
	done
	gone "$engine" || { left="$left engine"; kill -KILL "$engine"; }
	[ ! -e "$files" ] || { left="$left $files"; rm -rf "$files"; }
	[ -z "$left" ] || fail "with a second signal $later s after the first, these are left:$left"
	[ $status -eq 143 ] || fail "the script ended with status $status"
	grep -q '^victim: ended by SIGTERM.* in: wait ' "$T/victim.err" ||
		fail "the script does not say where it was: $(cat "$T/victim.err")"
done
