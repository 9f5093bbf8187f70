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

struct pfq_lang_prefix {
	__u8	addr[16];	/* network order; IPv4: the first 4 bytes, the others 0 */
	__u8	plen;		/* up to 32 or 128 */
	__u8	family;		/* 4 or 6 */
	__u16	reserved;	/* 0 */
	__u32	timeout_s;	/* 0 */
};

/* --- sizes: checked in C only, because C++ has no _Static_assert ------------ */

#ifndef __cplusplus
_Static_assert(sizeof(struct pfq_lang_hdr) == 24, "struct pfq_lang_hdr changed its size");
_Static_assert(sizeof(struct pfq_lang_step) == 24, "struct pfq_lang_step changed its size");
_Static_assert(sizeof(struct pfq_lang_object) == 72, "struct pfq_lang_object changed its size");
_Static_assert(sizeof(struct pfq_lang_prefix) == 24, "struct pfq_lang_prefix changed its size");
_Static_assert(sizeof(struct pfq_lang_range) == 4, "struct pfq_lang_range changed its size");
#endif

#endif /* _LINUX_PFQ_LANG_WIRE_H */
