#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# turn.sh runs scripts side by side. A script with "# Alone:" waits until they have ended, and no
# other begins while it runs. A script that takes too long ends with timeout's status.
set -eu
. "$(dirname "$0")/lib/say.sh"

turn=$(dirname "$0")/turn.sh
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
mkdir "$T/tests" "$T/now"
export PFQ_BUILD=$T T

# Each of the two scripts waits until it has seen the other.
for name in one two; do
	cat >"$T/$name.sh" <<'END'
me=$(basename "$0" .sh)
touch "$T/now/$me"
until [ "$(find "$T/now" -type f | wc -l)" -eq 2 ]; do
	sleep 0.05
done
sleep 0.5
touch "$T/$me.ended"
until [ -e "$T/one.ended" ] && [ -e "$T/two.ended" ]; do
	sleep 0.05
done
rm "$T/now/$me"
END
done
cat >"$T/measures.sh" <<'END'
# Alone: it looks for others
[ -z "$(ls "$T/now")" ] || exit 1
touch "$T/now/measures"
sleep 0.5
[ "$(ls "$T/now")" = measures ] || exit 1
rm "$T/now/measures"
END
cat >"$T/late.sh" <<'END'
[ ! -e "$T/now/measures" ]
END
echo 'sleep 60' >"$T/long.sh"

pids=()
bash "$turn" 20 "$T/one.sh" &
pids+=($!)
bash "$turn" 20 "$T/two.sh" &
pids+=($!)
until [ -e "$T/now/one" ] && [ -e "$T/now/two" ]; do
	kill -0 "${pids[0]}" && kill -0 "${pids[1]}" || fail "they do not run side by side"
	sleep 0.05
done
bash "$turn" 20 "$T/measures.sh" &
pids+=($!)
until [ -e "$T/now/measures" ]; do
	kill -0 "${pids[2]}" 2>/dev/null || break
	sleep 0.05
done
bash "$turn" 20 "$T/late.sh" &
pids+=($!)
for pid in "${pids[@]}"; do
	wait "$pid" || fail "one ended with status $?"
done
status=0
bash "$turn" 1 "$T/long.sh" || status=$?
[ $status -eq 124 ] || fail "too long: status $status"
