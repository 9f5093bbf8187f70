/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Later fragments that came before the first one of their datagram, in copies, until that one has
 * decided where all of them go, or their time is over. One table a group, shared
 * by its lanes. Fixed size, no lock, no allocation; no lane waits for another. hold.c says how.
 */
#ifndef PFQ_CORE_HOLD_H
#define PFQ_CORE_HOLD_H

#include "view.h"

/*
 * Parts of the table. Each sender (IPv4 address, or IPv6 /64) has some of them, for each datagram
 * one, and whoever fills them fills no other. A part has room for all fragments of one
 * datagram of 64 KiB.
 */
#define PFQ_HOLD_PARTS		128
#define PFQ_HOLD_SENDER_PARTS	4
#define PFQ_HOLD_SLOTS		64	/* of a part */
#define PFQ_HOLD_SLOT_BYTES	1536	/* longer packets take several, side by side */

struct pfq_held {
	struct pfq_view view;	/* data: in the part; native: NULL */
	u64	key;		/* pfq_frag_key() */
	u64	held_ns;	/* since when, by the shell's clock */
	u32	turn;		/* of a part, in the order of holding */
	u32	slots;		/* side by side, of which this is the first */
};

struct pfq_hold_part {
	u64	word[PFQ_HOLD_SLOTS];	/* see hold.c */
	u64	turn;
	u32	count;			/* packets held */
	u32	reserved[13];
	struct pfq_held held[PFQ_HOLD_SLOTS];
	u8	data[PFQ_HOLD_SLOTS][PFQ_HOLD_SLOT_BYTES];
};

struct pfq_hold {
	u64	wait_ns;
	u32	count;			/* packets held */
	u32	expire_from;		/* a part: pfq_group_expire() goes on there */
	u32	reserved[12];
	struct pfq_hold_part part[PFQ_HOLD_PARTS];
};

/* @h: zeroed memory */
static inline void pfq_hold_init(struct pfq_hold *h, u64 wait_ns)
{
	h->wait_ns = wait_ns;
}

/* packets held; any thread. A packet that is released counts until it is delivered. */
static inline u32 pfq_hold_count(const struct pfq_hold *h)
{
	return h ? READ_ONCE(h->count) : 0;
}

/* of datagram @key, which fragment @v is of */
struct pfq_hold_part *pfq_hold_part(struct pfq_hold *h, const struct pfq_view *v, u64 key, u32 seed);

/*
 * Hold a copy of @v, since @now_ns, for the datagram @key. -1: no room; else *word is what
 * pfq_hold_take_back() wants. A full barrier, then other lanes can take it.
 */
int pfq_hold_put(struct pfq_hold *h, struct pfq_hold_part *p, const struct pfq_view *v, u64 key,
		 u64 now_ns, u64 *word);

/*
 * What is taken is the caller's alone until it calls pfq_hold_free().
 * take_back: the one just put; false: another lane has it.
 * take: all of datagram @key, in the order in which they came; @slot: PFQ_HOLD_SLOTS at most.
 * take_oldest: -1: nobody holds anything here.
 * take_due: one that has waited wait_ns (@all: any); -1: none, and *next_ns is less or equal the time
 * when the next one will have.
 */
bool pfq_hold_take_back(struct pfq_hold_part *p, int slot, u64 word);
u32 pfq_hold_take(struct pfq_hold_part *p, u64 key, u8 *slot);
int pfq_hold_take_oldest(struct pfq_hold_part *p);
int pfq_hold_take_due(const struct pfq_hold *h, struct pfq_hold_part *p, u64 now_ns, bool all,
		      u64 *next_ns);
/* Hold a taken packet again, as before. */
void pfq_hold_put_back(struct pfq_hold_part *p, int slot);
void pfq_hold_free(struct pfq_hold *h, struct pfq_hold_part *p, int slot);

#endif /* PFQ_CORE_HOLD_H */
