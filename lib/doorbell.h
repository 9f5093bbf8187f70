/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The consumer's end of an endpoint's doorbell: section 2 of linux/pfq.h. Never waits long. */
#ifndef PFQ_LIB_DOORBELL_H
#define PFQ_LIB_DOORBELL_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/pfq.h>

struct pfq_doorbell {
	int fd;			/* the caller's */
	bool is_device;		/* not a socket */
	bool is_armed;		/* by us; the engine may have taken it back since */
	bool is_owed;		/* the engine took it: a byte is in it, or will be at once */
	bool is_hot;		/* somebody saw that it is readable */
	bool is_gone;		/* the engine */
	int error;		/* of a call that was refused, as by a sandbox; 0: none */
};

void pfq_doorbell_init(struct pfq_doorbell *d, int fd);

/* The engine rings from here on. Look at the ring again afterwards. */
void pfq_doorbell_arm(struct pfq_doorbell *d, struct pfq_reader_hdr *h, uint32_t threshold,
		      uint64_t delay_ns);
void pfq_doorbell_disarm(struct pfq_doorbell *d, struct pfq_reader_hdr *h);

/* Armed, not taken by the engine, and no byte about that we know of. */
bool pfq_doorbell_is_quiet(struct pfq_doorbell *d, struct pfq_reader_hdr *h);

/* Take out what is in it. true: there was something, or the engine is gone. */
bool pfq_doorbell_drain(struct pfq_doorbell *d);

/* Is any of @events, or the end of the engine, to be seen? */
bool pfq_doorbell_has_news(const struct pfq_doorbell *d, short events);

#endif /* PFQ_LIB_DOORBELL_H */
