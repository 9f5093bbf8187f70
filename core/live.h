/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The control side of live sets: entries in the form of linux/pfq_lang.h, for objects of the kinds
 * SET_*. Clients send entries, and are not trusted. set.h and bits.h have the tables.
 */
#ifndef PFQ_CORE_LIVE_H
#define PFQ_CORE_LIVE_H

#include "lang_object.h"
#include "object.h"

static inline bool pfq_live_is(u32 kind)
{
	return kind >= PFQ_LANG_KIND_SET_ADDR && kind <= PFQ_LANG_KIND_SET_VLAN;
}

/* Bytes of an entry of such a kind. */
u32 pfq_live_entry_bytes(u32 kind);

/* Has a set of this kind a size and timeouts? The others are maps of bits. */
static inline bool pfq_live_has_size(u32 kind)
{
	return kind >= PFQ_LANG_KIND_SET_ADDR && kind <= PFQ_LANG_KIND_SET_FLOW;
}

/*
 * Check @count entries for a set of @kind, aligned to 4. Returns PFQ_LANG_FINE; or what is wrong
 * with entry *at. @may_end: an entry may have a timeout.
 */
enum pfq_lang_reason pfq_live_check(u32 kind, const void *entries, u32 count, bool may_end,
				    u32 *at);

/* Check size and arguments of an object, and its items. The same results. */
enum pfq_lang_reason pfq_live_check_args(const struct pfq_lang_object *is);
enum pfq_lang_reason pfq_live_check_items(const struct pfq_lang_object *is, const void *data);

struct pfq_live_result {
	enum pfq_lang_reason reason;	/* PFQ_LANG_FINE: all entries were taken */
	u32 at;			/* the entry that was not taken; those before it were */
	u32 missing;		/* entries to remove that were not there */
};

/*
 * The functions below are for one thread at a time for each set, while lanes use it. @now_ns: the
 * time of packets by the host's clock.
 *
 * Do @op, of enum pfq_lang_set_op, with entries that were checked.
 */
void pfq_live_change(struct pfq_object *o, u32 op, const void *entries, u32 count, u64 now_ns,
		     struct pfq_live_result *result);

/*
 * Add the items of the text of the verified program @blob, for ever, to the sets that it has made
 * or taken over, and give these the program's timeouts. The objects are as for pfq_lang_build().
 * Returns PFQ_LANG_FINE; or why an item was not taken. Then the timeouts are as before; and no item
 * was added, unless the reason is FULL or BUSY.
 */
enum pfq_lang_reason pfq_live_fill(const void *blob, struct pfq_object *const *object, u32 objects,
				   u64 now_ns);

/*
 * Write the next entries of the set, at most @max, from *at on, which is 0 at first. Returns their
 * number; 0: there are no more. Entries say how many seconds are left; 0: for ever. An entry of a
 * flow says nothing else, because the set only has its hash.
 */
u32 pfq_live_list(const struct pfq_object *o, u64 *at, void *entries, u32 max, u64 now_ns);

/* The lengths of prefixes of IPv4 or IPv6 that a set of addresses has. Returns their number. */
u32 pfq_live_lengths(const struct pfq_object *o, u32 version, u8 lengths[PFQ_LANG_SET_LENGTHS]);

#endif /* PFQ_CORE_LIVE_H */
