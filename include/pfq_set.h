/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Live sets of a group's program: pfq-lang(7). A part of pfq.h, which includes it, and which has
 * the rules for errors and threads.
 */
#ifndef PFQ_SET_H
#define PFQ_SET_H

enum pfq_entry_type {
	PFQ_ENTRY_ADDR,		/* an address or a prefix */
	PFQ_ENTRY_MAC,
	PFQ_ENTRY_FLOW,
	PFQ_ENTRY_NUMBER,	/* ports, or VLAN ids */
};

/* the program's set says how long its entries last; this one lasts for ever */
#define PFQ_TIMEOUT_NEVER	(~0U)

/* An entry. All fields that its type does not have are 0. Numbers are in host order. */
struct pfq_entry {
	uint32_t type;		/* enum pfq_entry_type */
	uint8_t	 family;	/* ADDR, FLOW: 4 or 6 */
	uint8_t	 plen;		/* ADDR: bits of the prefix; 32 or 128: an address */
	uint8_t	 proto;		/* FLOW: protocol number of IP */
	uint8_t	 is_learnt;	/* in a list: a program has learnt it */
	/* in network order. ADDR; MAC: 6 bytes; FLOW: one end, and the other one: */
	uint8_t	 addr[16], peer[16];
	/* NUMBER: first and last of a range; FLOW: ports of addr and peer, 0 without ports */
	uint16_t first, last;
	/*
	 * Seconds that it lasts, up to 365 days; 0: as long as the set says; PFQ_TIMEOUT_NEVER. In
	 * a list: seconds that are left; 0: for ever. NUMBER: 0.
	 */
	uint32_t timeout_s;
};

enum pfq_set_op {
	PFQ_SET_ADD,		/* add entries, or change their timeout */
	PFQ_SET_DEL,		/* remove entries, learnt or not */
	PFQ_SET_FLUSH,		/* remove all entries */
};

struct pfq_set_result {
	size_t	taken;		/* entries that the engine has taken, from the first one on */
	size_t	missing;	/* of these: entries to remove that the set did not have */
	size_t	wrong;		/* the entry that it did not take; only after an error about one */
};

/*
 * Change the set @set of the program of @group while packets are looked up in it. All entries have
 * one type. @entry and @count are not used for FLUSH. Sends as many requests as it takes, some 2500
 * entries each; the change is not atomic. @result may be NULL.
 * -ENOENT: no such group or set; -EACCES: the group's key access does not give w; -EINVAL: an entry
 * is not of the kind that the set holds, or malformed, and no entry of its request was taken;
 * -ENOSPC: the set is full; -E2BIG: it has prefixes of 8 other lengths; -EAGAIN: programs learn at
 * the entry's place all the time. After the last three, the entries before @result->wrong were
 * taken.
 */
PFQ_API int pfq_ctl_set_change(struct pfq_ctl *ctl, const char *group, const char *set,
			       enum pfq_set_op op, const struct pfq_entry *entry, size_t count,
			       struct pfq_set_result *result, struct pfq_error *err);

struct pfq_set_info {
	char	 type[8];	/* "addr", "mac", "flow", "port", "vlan" */
	uint32_t size;		/* entries that it holds; 0: ports or VLANs */
};

/*
 * Call @fn for each entry of the set, after *info is filled in, unless @info is NULL. Entries of
 * flows only have is_learnt and timeout_s, because the set has no more than their hashes. Entries
 * that come or go meanwhile may be missing. If @fn returns a value other than 0, the walk ends and
 * returns it. @fn must not use @ctl. Errors as of pfq_ctl_set_change().
 */
PFQ_API int pfq_ctl_set_list(struct pfq_ctl *ctl, const char *group, const char *set,
			     struct pfq_set_info *info,
			     int (*fn)(const struct pfq_entry *, void *), void *arg,
			     struct pfq_error *err);

/*
 * pfq_ctl_set_change() for a set of the endpoint's own group: a program that reads packets can so
 * keep those of a flow, or of an address, out of its ring. While one thread reads, another one may
 * call this. -EPIPE: the engine is away; -EBUSY: another thread makes a request all the time.
 */
PFQ_API int pfq_set_change(struct pfq *q, const char *set, enum pfq_set_op op,
			   const struct pfq_entry *entry, size_t count,
			   struct pfq_set_result *result, struct pfq_error *err);

#endif /* PFQ_SET_H */
