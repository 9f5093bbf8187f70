/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* How often an engine renews the watermarks of its lanes, and for how long after a packet. */
#ifndef PFQ_CORE_TICK_H
#define PFQ_CORE_TICK_H

#include <linux/pfq.h>

/* from one tick to the next: leaves room for a late timer within PFQ_WATERMARK_NS */
#define PFQ_TICK_NS		(PFQ_WATERMARK_NS * 3 / 4)

/* A watermark is no more than this behind the clock: packets wait so long to be seen. */
#define PFQ_SLACK_MAX_NS	10000000ULL

/*
 * An engine goes on ticking for this long after the last packet, so that each lane's last
 * watermark comes past that packet. Watermarks are PFQ_SLACK_MAX_NS behind at most, the time of
 * the last packet is known to PFQ_WATERMARK_NS, and one more is for what comes between.
 */
#define PFQ_IDLE_NS		(PFQ_SLACK_MAX_NS + 2 * PFQ_WATERMARK_NS)

#endif /* PFQ_CORE_TICK_H */
