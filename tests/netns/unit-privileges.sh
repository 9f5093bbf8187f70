#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfqd captures with only the identity, the capabilities and the limits that its unit gives.
# systemd counts an exposure of the unit of at most 2.0.
. "$(dirname "$0")/../lib.sh"
begin
need setpriv prlimit
unit=$PFQ_BUILD/conf/pfqd.service
[ -e "$unit" ] || skip "this build has no conf/pfqd.service"

if systemd-analyze security --help 2>/dev/null | grep -q -e --offline; then
	# systemd-analyze looks for the program, which may not be installed.
	sed 's|^\(Exec[A-Za-z]*=\).*|\1/bin/true|' "$unit" >"$T/pfqd.service"
	systemd-analyze security --no-pager --offline=true --threshold=20 "$T/pfqd.service" \
		>"$T/exposure.log" 2>&1 || fail "systemd-analyze: $(tail -n 1 "$T/exposure.log")"
	echo "$TEST: $(tail -n 1 "$T/exposure.log")"
else
	echo "$TEST: systemd-analyze cannot count the exposure here"
fi

# unit_value KEY: print the value in the unit
unit_value()
{
	sed -n "s/^$1=//p" "$unit"
}

capabilities=$(unit_value AmbientCapabilities | sed 's/CAP_/+/g; s/ /,/g' |
	tr '[:upper:]' '[:lower:]')
[ -n "$capabilities" ] || fail "the unit gives no capabilities"
[ "$(unit_value AmbientCapabilities)" = "$(unit_value CapabilityBoundingSet)" ] ||
	fail "the unit has two lists of capabilities"
limit=(prlimit --nice=$((20 - $(unit_value LimitNICE))))
"${limit[@]}" true 2>/dev/null || {
	echo "$TEST: limits cannot be raised here, so the workers' priority is not tested"
	limit=()
}
install -d -m 755 -o nobody "$T/run"
SOCKET=$T/run/pfqd.sock
export PFQ_SOCKET=$SOCKET

# start the engine with the unit's identity, capabilities and limits
launch_as_unit()
{
	background engine ip netns exec "$NS_A" "${limit[@]}" \
		setpriv --reuid=nobody --regid=nogroup --clear-groups \
		--inh-caps="-all,$capabilities" --ambient-caps="-all,$capabilities" \
		--bounding-set="-all,$capabilities" --no-new-privs \
		"$PFQD" -c "$T/engine.conf"
}

wire_up
engine_configure <<-END
[group demo]
device = wire0
END
launch_as_unit
wait_for 20 "the engine, see engine.err" engine_is_up
[ ${#limit[@]} -eq 0 ] || for stat in /proc/"${PID[engine]}"/task/*/stat; do
	grep -q '(pfqd/' "$stat" || continue
	nice=$(sed 's/.*) //' "$stat" | cut -d' ' -f17)
	[ "$nice" -eq -10 ] || fail "$stat: a nice value of $nice, not -10"
done
capture live pfq@demo
wait_members demo 1
frames b --kinds udp4 --packets 100
drain
stats_add_up all
nothing_lost
stop_captures live
[ "$(packets_in live)" -ge 100 ] || fail "packets are missing"
stop_engine
