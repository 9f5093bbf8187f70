#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A queue that the device does not have is refused, from pfqctl and from a program. The error says
# what is allowed. A device that does not tell how many queues it has is not refused.
. "$(dirname "$0")/../lib.sh"
begin
need ethtool
wire_up

# no_queue DEVICE QUEUE COUNT: print the error that a program gets. The module's texts have no
# variable parts.
no_queue()
{
	if [ "$ENGINE" = kernel ]; then
		echo "a device has no queue of a number that is asked for; allowed: the queues that"
	else
		echo "device $1 has no queue $2: it has $3"
	fi
}

engine_configure <<END
[group demo]
id     = 42
device = wire0/0-3
steer  = copy
END
launch_engine
wait_for 20 "group demo to have its device" \
	ctl_is groups '.groups[] | select(.name == "demo") | .devices[0].state == "up"'
for change in "add more device=wire0/4" "set demo device=wire0/0-4"; do
	# shellcheck disable=SC2086 # words
	if ctl group $change 2>"$T/change.err"; then
		fail "pfqctl group $change is no error"
	fi
	grep -q "group .*: device wire0 has no queue 4: it has 4 receive queues" "$T/change.err" ||
		fail "pfqctl group $change: $(cat "$T/change.err")"
done
application_refused pfq:wire0/4 "$(no_queue wire0 4 "4 receive queues")"
application_refused pfq:wire0/2-6 "$(no_queue wire0 4 "4 receive queues")"
# the group has bound these queues, or all queues of the device
capture two pfq@demo:wire0/1-2
stop_captures two
capture made pfq@made:wire0
application_refused pfq@made:wire0/9 "$(no_queue wire0 9 "4 receive queues")"
application_refused pfq@made:wire0/9,lo "$(no_queue wire0 9 "4 receive queues")"
stop_captures made
application_refused pfq@new:wire0/255 "$(no_queue wire0 255 "4 receive queues")"
in_a ethtool -L wire0 rx 1
application_refused pfq:wire0/1 "$(no_queue wire0 1 "1 receive queue,")"
in_a ethtool -L wire0 rx 4
# A device that does not tell how many queues it has.
capture lo pfq:lo/99
stop_captures lo
stop_engine
