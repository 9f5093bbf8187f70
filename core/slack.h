/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* How far the timestamps of a lane may be behind the clock: its packets show it. */
#ifndef PFQ_CORE_SLACK_H
#define PFQ_CORE_SLACK_H

#include <pfq_deps.h>
#include "tick.h"

/*
 * Returns the slack after a packet whose timestamp is @late_ns too old: twice the longest delay so
 * far, at most PFQ_SLACK_MAX_NS. A delay of more than PFQ_LAG_MAX_NS is no queue: the clock was set
 * while the packet waited. A slack from it would delay all later packets.
 */
static inline u64 pfq_slack_learn(u64 slack_ns, u64 late_ns)
{
	if (late_ns > PFQ_LAG_MAX_NS || 2 * late_ns <= slack_ns)
		return slack_ns;
	return 2 * late_ns < PFQ_SLACK_MAX_NS ? 2 * late_ns : PFQ_SLACK_MAX_NS;
}

#endif /* PFQ_CORE_SLACK_H */
