/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Slots are visited with a stride of about the golden ratio of their number. Neighbours on this
 * walk are far apart in the table. So a member that holds a stretch of the walk has its slots
 * spread evenly.
 */
#include "steer.h"
#include "hash.h"

#define STRIDE	2531	/* odd, so that the walk visits every slot once */

static inline u32 walk(u32 step)
{
	return step * STRIDE & (PFQ_STEER_SLOTS - 1);
}

static u32 weight_of(const struct pfq_steer_share *share)
{
	return min_t(u32, max_t(u32, share->weight, 1), PFQ_WEIGHT_MAX);
}

static u32 total_weight(const struct pfq_steer_share *share, u32 count)
{
	u32 i, total = 0;

	for (i = 0; i < count; i++)
		total += weight_of(&share[i]);
	return total;
}

/*
 * Take over the members of slots from @old, as indices into @share. Other slots belong to nobody.
 */
static void inherit(struct pfq_steer_table *t, const struct pfq_steer_table *old,
		    const struct pfq_steer_share *share, u32 count)
{
	u32 i, o, slot, old_members = old ? min_t(u32, old->members, PFQ_MEMBERS_MAX) : 0;

	/* until the end of the build, id[] maps old indices to new ones */
	for (o = 0; o < old_members; o++) {
		t->id[o] = PFQ_STEER_NOBODY;
		for (i = 0; i < count; i++)
			if (share[i].id == old->id[o])
				t->id[o] = i;
	}
	for (slot = 0; slot < PFQ_STEER_SLOTS; slot++) {
		o = old_members ? old->slot[slot] : PFQ_STEER_NOBODY;
		t->slot[slot] = o < old_members ? (u16)t->id[o] : PFQ_STEER_NOBODY;
	}
}

static u32 slots_due(const struct pfq_steer_share *share, u32 total)
{
	return PFQ_STEER_SLOTS * weight_of(share) / total;
}

/*
 * On entry left[] has the number of slots that each member holds, on return the number it is due.
 * Rounding leaves some slots over. They go, one each, to members whose due has a fraction: first
 * to those that would lose a slot otherwise, then in order.
 */
static void apportion(u16 *left, const struct pfq_steer_share *share, u32 count)
{
	u32 total = total_weight(share, count), over = PFQ_STEER_SLOTS, i, due;
	bool fraction;

	for (i = 0; i < count; i++)
		over -= slots_due(&share[i], total);
	for (i = 0; i < count; i++) {
		due = slots_due(&share[i], total);
		fraction = PFQ_STEER_SLOTS * weight_of(&share[i]) % total;
		if (left[i] > due && fraction && over) {
			due++;
			over--;
		}
		left[i] = (u16)due;
	}
	for (i = 0; i < count && over; i++) {
		fraction = PFQ_STEER_SLOTS * weight_of(&share[i]) % total;
		if (left[i] == slots_due(&share[i], total) && fraction) {
			left[i]++;
			over--;
		}
	}
}

void pfq_steer_build(struct pfq_steer_table *t, const struct pfq_steer_table *old,
		     const struct pfq_steer_share *share, u32 count)
{
	u16 left[PFQ_MEMBERS_MAX] = { 0 };
	u32 i, step;

	count = min_t(u32, count, PFQ_MEMBERS_MAX);
	inherit(t, old, share, count);
	for (i = 0; i < PFQ_STEER_SLOTS; i++)
		if (t->slot[i] != PFQ_STEER_NOBODY)
			left[t->slot[i]]++;
	if (count)
		apportion(left, share, count);
	for (step = 0; step < PFQ_STEER_SLOTS; step++) {
		u16 *slot = &t->slot[walk(step)];

		if (*slot == PFQ_STEER_NOBODY)
			continue;
		if (left[*slot])
			left[*slot]--;
		else
			*slot = PFQ_STEER_NOBODY;
	}
	for (step = 0, i = 0; count && step < PFQ_STEER_SLOTS; step++) {
		u16 *slot = &t->slot[walk(step)];

		if (*slot != PFQ_STEER_NOBODY)
			continue;
		while (!left[i])
			i++;
		*slot = (u16)i;
		left[i]--;
	}
	for (i = 0; i < count; i++)
		t->id[i] = share[i].id;
	t->members = count;
}

/*
 * Each present member draws a number for the slot, one for each unit of its weight. The highest
 * number wins. So the result depends on no earlier table.
 */
u32 pfq_steer_borrower(const struct pfq_steer_share *share, u32 count, u32 owner, u32 key)
{
	u32 i, unit, drawn, best = 0, winner = owner;

	for (i = 0; i < count; i++) {
		for (unit = 0; !share[i].is_absent && unit < weight_of(&share[i]); unit++) {
			drawn = pfq_hash_u32(key, share[i].id * PFQ_WEIGHT_MAX + unit);
			if (winner != owner && drawn <= best)
				continue;
			best = drawn;
			winner = i;
		}
	}
	return winner;
}
