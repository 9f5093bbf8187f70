/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Holds copies of later fragments that came before the first fragment of their datagram. They stay
 * until the first fragment has decided where all of them go, or until their time is over. One
 * table for each group, shared by its lanes. It has a fixed size, no lock and no allocation, and
 * no lane waits for another. hold.c explains how.
 */
#ifndef PFQ_CORE_HOLD_H
#define PFQ_CORE_HOLD_H

#include "program.h"

/*
 * Parts of the table. A sender (an IPv4 address, or an IPv6 /64) has PFQ_HOLD_SENDER_PARTS of them
 * and can fill no others. Each datagram has one of the sender's parts. A part has room for all
 * fragments of one datagram of 64 KiB.
 */
#define PFQ_HOLD_PARTS		128
#define PFQ_HOLD_SENDER_PARTS	4
#define PFQ_HOLD_SLOTS		64	/* of each part */
#define PFQ_HOLD_SLOT_BYTES	1536	/* a longer packet takes several slots, side by side */

struct pfq_held {
	struct pfq_view view;	/* data points into the part; native is NULL */
	u64	key;		/* pfq_frag_key() */
	u64	held_ns;	/* since when, by the caller's clock */
	u32	turn;		/* the part's counter: order of holding */
	u32	slots;		/* number of slots, side by side, this one first */
	struct pfq_outcome outcome;	/* says who will get it */
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
	u64	wait_ns;		/* 0: no packet is held any more; can change */
	u32	count;			/* packets held */
	u32	expire_from;		/* the part where pfq_group_expire() continues */
	u32	reserved[12];
	struct pfq_hold_part part[PFQ_HOLD_PARTS];
};

/* @h: zeroed memory. @wait_ns: how long a fragment is held. */
static inline void pfq_hold_init(struct pfq_hold *h, u64 wait_ns)
{
	h->wait_ns = wait_ns;
}

/* Hold fragments for another time from now on, those held already too. Control side, any time. */
static inline void pfq_hold_wait_set(struct pfq_hold *h, u64 wait_ns)
{
	WRITE_ONCE(h->wait_ns, wait_ns);
}

/* How long a fragment is held. @h NULL, or 0: none is held from now on. Any thread. */
static inline u64 pfq_hold_wait(const struct pfq_hold *h)
{
	return h ? READ_ONCE(h->wait_ns) : 0;
}

/* Number of held packets; any thread. A released packet counts until it is delivered. */
static inline u32 pfq_hold_count(const struct pfq_hold *h)
{
	return h ? READ_ONCE(h->count) : 0;
}

/* The part for datagram @key, to which fragment @v belongs. @seed: of the engine. */
struct pfq_hold_part *pfq_hold_part(struct pfq_hold *h, const struct pfq_view *v, u64 key,
				    u32 seed);

/*
 * Hold a copy of @v for the datagram @key, since @now_ns. @out says who will get it. Returns its
 * slot, with a full barrier after the step that lets other lanes take it. Sets *word for
 * pfq_hold_take_back(). Returns -1 if there is no room. Any lanes.
 */
int pfq_hold_put(struct pfq_hold *h, struct pfq_hold_part *p, const struct pfq_view *v,
		 const struct pfq_outcome *out, u64 key, u64 now_ns, u64 *word);

/*
 * Take held packets. They belong to the caller alone until it calls pfq_hold_free(). Any lanes.
 *
 * - pfq_hold_take_back() takes the packet that the caller has just put. Returns false if another
 *   lane has taken it.
 * - pfq_hold_take() takes all packets of datagram @key, in the order in which they came, and
 *   writes their slots to @slot, at most PFQ_HOLD_SLOTS. Returns their number.
 * - pfq_hold_take_oldest() returns the slot of the oldest packet; -1: the part holds none.
 * - pfq_hold_take_due() returns the slot of a packet that has waited wait_ns at @now_ns, or of any
 *   packet with @all. If there is none, returns -1 and lowers *next_ns to the time when the next
 *   one has.
 */
bool pfq_hold_take_back(struct pfq_hold_part *p, int slot, u64 word);
u32 pfq_hold_take(struct pfq_hold_part *p, u64 key, u8 *slot);
int pfq_hold_take_oldest(struct pfq_hold_part *p);
int pfq_hold_take_due(const struct pfq_hold *h, struct pfq_hold_part *p, u64 now_ns, bool all,
		      u64 *next_ns);
/* Hold a taken packet again, as before. */
void pfq_hold_put_back(struct pfq_hold_part *p, int slot);
/* Free the slots of a taken packet. */
void pfq_hold_free(struct pfq_hold *h, struct pfq_hold_part *p, int slot);

#endif /* PFQ_CORE_HOLD_H */
