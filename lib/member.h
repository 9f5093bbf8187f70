/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * One stay of an endpoint in a group: what an engine has answered to its JOIN. After an engine has
 * ended, the endpoint becomes a member anew, of the next engine.
 */
#ifndef PFQ_LIB_MEMBER_H
#define PFQ_LIB_MEMBER_H

#include "conn.h"
#include "ring.h"

struct pfq_member {
	struct pfq_ring ring;
	int doorbell;
	bool is_adapter_time;	/* then no lane has a watermark */
	bool is_kept;		/* the next engine takes this connection over */
	bool has_ticket;	/* shown to the next engine: what this one has granted */
	uint8_t ticket[PFQ_TICKET_BYTES];
	uint64_t page_bytes;
	char group[PFQ_NAME_MAX + 1];
	char name[PFQ_NAME_MAX + 1];
	char bindings[1024];
	unsigned int devices;	/* in use in device[] */
	struct {
		uint32_t ifindex;	/* 0: was absent */
		char name[256];
	} device[PFQ_GROUP_DEVICES_MAX];	/* devices of the group at the JOIN */
	char ring_text[256];
	struct pfq_stats before;	/* the sums of the endpoint's earlier stays */
	struct pfq_member *next;	/* in a list of those that have ended */
};

/*
 * Make a member from @a, the answer to a JOIN. Closes the answer's descriptors. @why_none: why this
 * process brought no memory, or NULL. @asked: bytes of the ring. Returns 0, or an error with its
 * text.
 */
int pfq_member_make(struct pfq_member **m, struct pfq_conn *c, struct pfq_answer *a,
		    const char *why_none, uint64_t asked, struct pfq_error *err);
/* Unmap the ring, close the doorbell. NULL: nothing. */
void pfq_member_free(struct pfq_member *m);

/* The sums of this stay and the earlier ones. Any thread may call this. */
void pfq_member_stats(const struct pfq_member *m, struct pfq_stats *stats);

/* @m begins where @old has ended, whose ring has no unread records. */
void pfq_member_follow(struct pfq_member *m, const struct pfq_member *old);

#endif /* PFQ_LIB_MEMBER_H */
