/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The table from hash to member, one for each class of a group. Members get shares by their
 * weights, exact but for rounding. When a member joins or leaves, only its share of the slots
 * moves. An absent member keeps its share for its return; its slots can be lent meanwhile.
 */
#ifndef PFQ_CORE_STEER_H
#define PFQ_CORE_STEER_H

#include <pfq_deps.h>
#include <linux/pfq.h>

/* A power of two, at least 2 * PFQ_MEMBERS_MAX * PFQ_WEIGHT_MAX. */
#define PFQ_STEER_SLOTS		4096
#define PFQ_STEER_NOBODY	0xffff

struct pfq_steer_share {
	/*
	 * unique in the group; of the endpoint that had the share first, and of those that take
	 * its place
	 */
	u32 id;
	u32 weight;	/* 1..PFQ_WEIGHT_MAX */
	bool is_absent;
};

struct pfq_steer_table {
	u32 members;			/* 0: no members */
	u16 slot[PFQ_STEER_SLOTS];	/* index into the share array of pfq_steer_build() */
	u32 id[PFQ_MEMBERS_MAX];	/* id by index, to map an old table to a new one */
};

/*
 * Build @t for @count members. @old is the table before, or NULL; @old and @t must differ. The
 * same input gives the same table.
 */
void pfq_steer_build(struct pfq_steer_table *t, const struct pfq_steer_table *old,
		     const struct pfq_steer_share *share, u32 count);

/*
 * The member, as an index into @share, that borrows the slot @key of the absent member @owner. If
 * all are absent, that is @owner. Members borrow by their weights, on average. When a member comes
 * or goes, only the slots that it borrows change hands.
 */
u32 pfq_steer_borrower(const struct pfq_steer_share *share, u32 count, u32 owner, u32 key);

/* The entry of @hash, or PFQ_STEER_NOBODY. Any thread. */
static inline u16 pfq_steer_pick(const struct pfq_steer_table *t, u32 hash)
{
	return t->slot[hash & (PFQ_STEER_SLOTS - 1)];
}

#endif /* PFQ_CORE_STEER_H */
