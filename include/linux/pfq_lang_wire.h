/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The structures of the wire form of pfq-lang. linux/pfq_lang.h explains and includes them. */
#ifndef _LINUX_PFQ_LANG_WIRE_H
#define _LINUX_PFQ_LANG_WIRE_H

#include <linux/types.h>

#define PFQ_LANG_NAME_MAX	31		/* bytes of a name, no NUL */

struct pfq_lang_hdr {
	__u32	magic;
	__u32	version;
	__u32	steps;
	__u32	objects;
	__u32	data_bytes;
	__u32	reserved;	/* 0 */
};

struct pfq_lang_step {
	__u16	symbol;		/* enum pfq_lang_symbol */
	__u16	yes, no;	/* the next step; equal, but for predicates and properties */
	__u16	flags;		/* PFQ_LANG_F_*, of properties only */
	__u64	arg[2];		/* by the symbol's arguments; 0 where it has none */
};

/*
 * A property is compared with a range: yes if arg[0] <= value <= arg[1]. A property that the packet
 * lacks answers no, whatever the flags. With a mask, arg[1] is 0.
 */
enum pfq_lang_flags {
	PFQ_LANG_F_NOT	= 1 << 0,	/* yes if the value is outside of the range */
	PFQ_LANG_F_ANY	= 1 << 1,	/* arg[0] is a mask: yes if any of its bits is set */
	PFQ_LANG_F_ALL	= 1 << 2,	/* arg[0] is a mask: yes if all of its bits are set */
};

struct pfq_lang_object {
	__u16	kind;		/* enum pfq_lang_kind */
	__u16	flags;		/* 0 */
	__u32	size;		/* entries; 0 where the kind has none */
	__u64	arg[3];		/* by kind */
	char	name[PFQ_LANG_NAME_MAX + 1];	/* ends with NUL bytes; empty: no name */
	__u32	data;		/* offset in the data, a multiple of 4 */
	__u32	count;		/* entries of the data */
};

struct pfq_lang_range {
	__u16	first, last;
};

/* Of a list in a program, flags and timeout_s are 0. */
struct pfq_lang_prefix {
	__u8	addr[16];	/* network order; IPv4: the first 4 bytes, the others 0 */
	__u8	plen;		/* up to 32 or 128; of a MAC address: 48 */
	__u8	family;		/* 4, 6, or PFQ_LANG_FAMILY_MAC */
	__u16	flags;		/* PFQ_LANG_SET_F_*; 0 in requests */
	__u32	timeout_s;	/* of an entry of a live set, see linux/pfq_control.h */
};

/* A flow: either end may be the source. Without ports, they are 0. */
struct pfq_lang_flow {
	__u8	src[16], dst[16];	/* as addr of struct pfq_lang_prefix */
	__u16	sport, dport;
	__u8	proto;
	__u8	family;		/* 4 or 6 */
	__u16	flags;		/* as of struct pfq_lang_prefix */
	__u32	timeout_s;
};

#define PFQ_LANG_FAMILY_MAC	48	/* in place of 4 or 6: a MAC address */

/*
 * Live sets: kinds SET_*. Programs look packets up in them, and learn some entries; clients add and
 * remove entries while the program runs (linux/pfq_control.h, SET_CHANGE). They have a name, which
 * no other set of the program has. size: entries that a set of addresses, MAC addresses or flows
 * holds; arg[0]: seconds that its new entries last, unless they say something else; 0: for ever.
 * A set of ports or VLANs has neither. The items of the text are added for ever.
 */
#define PFQ_LANG_SET_SIZE_MAX	(16U << 20)
#define PFQ_LANG_SET_LENGTHS	8	/* of prefixes of each IP version, in one set */
#define PFQ_LANG_TIMEOUT_MAX	31536000U	/* s: 365 days */

#define PFQ_LANG_TIMEOUT_NEVER	0xffffffffU

enum pfq_lang_set_flags {
	PFQ_LANG_SET_F_LEARNT	= 1 << 0,	/* a program has learnt the entry */
};

enum pfq_lang_set_op {
	PFQ_LANG_SET_ADD,	/* add entries, or change their timeout */
	PFQ_LANG_SET_DEL,	/* remove entries, learnt or not */
	PFQ_LANG_SET_FLUSH,	/* remove all */
	__PFQ_LANG_SET_OP_MAX
};

/*
 * A place in the packet, as an argument: PFQ_LANG_FIELD(base, bytes, offset, offset of the other
 * field). The value is big endian.
 */
enum pfq_lang_base {
	PFQ_LANG_BASE_L2,
	PFQ_LANG_BASE_L3,
	PFQ_LANG_BASE_L4,
	PFQ_LANG_BASE_PAYLOAD,
	__PFQ_LANG_BASE_MAX
};

#define PFQ_LANG_FIELD(base, bytes, off, off2) \
	((__u64)(base) | (__u64)(bytes) << 8 | (__u64)(off) << 16 | (__u64)(off2) << 32)

/* --- sizes: checked in C only, because C++ has no _Static_assert ------------ */

#ifndef __cplusplus
_Static_assert(sizeof(struct pfq_lang_hdr) == 24, "struct pfq_lang_hdr changed its size");
_Static_assert(sizeof(struct pfq_lang_step) == 24, "struct pfq_lang_step changed its size");
_Static_assert(sizeof(struct pfq_lang_object) == 72, "struct pfq_lang_object changed its size");
_Static_assert(sizeof(struct pfq_lang_prefix) == 24, "struct pfq_lang_prefix changed its size");
_Static_assert(sizeof(struct pfq_lang_flow) == 44, "struct pfq_lang_flow changed its size");
_Static_assert(sizeof(struct pfq_lang_range) == 4, "struct pfq_lang_range changed its size");
#endif

#endif /* _LINUX_PFQ_LANG_WIRE_H */
