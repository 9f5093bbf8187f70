/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The consumer's end of an endpoint's doorbell; see section 2 of linux/pfq.h. A doorbell is used
 * by one thread at a time. No call waits for long: pfq_doorbell_drain() at most 20 ms, the others
 * not at all.
 */
#ifndef PFQ_LIB_DOORBELL_H
#define PFQ_LIB_DOORBELL_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/pfq.h>

struct pfq_doorbell {
	int fd;			/* the caller owns it */
	bool is_device;		/* the doorbell is the kernel engine's device, not a socket */
	bool is_armed;		/* we set armed; the engine may have cleared it since */
	bool is_owed;		/* the engine cleared armed: a byte is there, or comes at once */
	bool is_hot;		/* somebody saw that it is readable */
	bool is_gone;		/* the engine has gone */
	int error;		/* of a refused call, such as by a sandbox; 0: none */
};

/*
 * @fd is the doorbell; the caller keeps it open meanwhile and closes it. @is_device: it is the
 * kernel engine's device. No system call can tell this without a chance to fail.
 */
void pfq_doorbell_init(struct pfq_doorbell *d, int fd, bool is_device);

/*
 * Arm the doorbell: the engine rings from now on. The caller must check the ring again afterwards.
 * @threshold: bytes; @delay_ns: ns.
 */
void pfq_doorbell_arm(struct pfq_doorbell *d, struct pfq_reader_hdr *h, uint32_t threshold,
		      uint64_t delay_ns);
void pfq_doorbell_disarm(struct pfq_doorbell *d, struct pfq_reader_hdr *h);

/* Is it armed, still untouched by the engine, and without a byte that we know of? */
bool pfq_doorbell_is_quiet(struct pfq_doorbell *d, struct pfq_reader_hdr *h);

/*
 * Take out the bytes; wait up to 20 ms for a byte that is due. Returns true if there were some, or
 * if the engine is gone.
 */
bool pfq_doorbell_drain(struct pfq_doorbell *d);

/* Does the descriptor report any of @events, or the end of the engine? Does not wait. */
bool pfq_doorbell_has_news(const struct pfq_doorbell *d, short events);

#endif /* PFQ_LIB_DOORBELL_H */
