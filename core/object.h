/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The state that a program keeps between packets: counters, tables, and the index of a device that
 * the program names. Each object is memory of its own, so that the program that replaces another
 * one can take the object over. All lanes use it at the same time, without locks.
 *
 * object.c has a row for each kind that has state.
 */
#ifndef PFQ_CORE_OBJECT_H
#define PFQ_CORE_OBJECT_H

#include <linux/pfq.h>
#include <linux/pfq_lang.h>
#include <pfq_deps.h>

/* Packets and bytes of one COUNTER in one lane. Only that lane writes them; anybody reads them. */
struct pfq_count {
	u64	packets, bytes;
	u64	reserved[6];
};

struct pfq_object {
	u16	kind;			/* enum pfq_lang_kind */
	u16	reserved;
	u32	users;			/* the shell's: programs that hold this object */
	u64	bytes;			/* of the object, as of pfq_object_bytes() */
	/* COUNTER: its name. DEVICE: the device's name. With a NUL behind it. */
	char	name[PFQ_DEVICE_NAME_MAX + 1];
	u32	ifindex;		/* DEVICE: 0: there is no such device */
	u32	size;			/* of the object in the wire form, as arg is */
	u64	arg[3];
	u32	seed;			/* of the engine's hashes */
	u32	reserved2[3];
	struct pfq_count count[];	/* COUNTER: [lanes]; a table begins here, too */
};

struct pfq_set;

/* The table of an object that is one, such as struct pfq_flows. It begins on a cache line. */
static inline void *pfq_object_table(struct pfq_object *o)
{
	return o->count;
}

/* The table of a live set of addresses, MAC addresses or flows; of ports or VLANs, the bits. */
static inline struct pfq_set *pfq_object_set(const struct pfq_object *o)
{
	return pfq_object_table((struct pfq_object *)o);
}

static inline u64 *pfq_object_bits(const struct pfq_object *o)
{
	return pfq_object_table((struct pfq_object *)o);
}

/*
 * Bytes of the object that @is describes, in an engine with @lanes lanes; 0: its kind has no
 * state. Allocate them zeroed and aligned to 64.
 */
u64 pfq_object_bytes(const struct pfq_lang_object *is, u32 lanes);

/*
 * Fill in @o, zeroed memory of pfq_object_bytes() bytes. @data: pfq_lang_data() of @is. @seed: of
 * the engine's hashes, struct pfq_lane_env.
 */
void pfq_object_init(struct pfq_object *o, const struct pfq_lang_object *is, const void *data,
		     u32 lanes, u32 seed);

/*
 * May a program with the object @is take over @o, of the program before? Yes if pfq_object_init()
 * would make the same, but for its state. Never for a kind whose state is worth milliseconds only.
 */
bool pfq_object_is_like(const struct pfq_object *o, const struct pfq_lang_object *is,
			const void *data, u32 lanes);

/* The sum of a COUNTER over all lanes. Any thread, at any time. */
struct pfq_count pfq_object_count(const struct pfq_object *o);

/* Tell a DEVICE the index of the device with its name; 0: there is none. Any thread, any time. */
static inline void pfq_object_ifindex_set(struct pfq_object *o, u32 ifindex)
{
	WRITE_ONCE(o->ifindex, ifindex);
}

#endif /* PFQ_CORE_OBJECT_H */
