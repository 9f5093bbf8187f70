/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The verifier refuses these programs with live sets; a part of lang_load.c */
#ifndef PFQ_TESTS_LANG_LOAD_SET_H
#define PFQ_TESTS_LANG_LOAD_SET_H

/* A live set, which a step asks. */
static struct pfq_lang_object *set_of(u32 kind, const char *name, const void *entries, u32 count,
				      u32 bytes)
{
	static const u16 symbols[] = {
		PFQ_LANG_HAS_ADDR_SET, PFQ_LANG_HAS_MAC_SET, PFQ_LANG_HAS_FLOW,
		PFQ_LANG_HAS_PORT_SET, PFQ_LANG_HAS_VID_SET,
	};

	one(symbols[kind - PFQ_LANG_KIND_SET_ADDR], 0, 0);
	blob_object(&b, kind, name, entries, count, bytes);
	b.object[0].size = kind <= PFQ_LANG_KIND_SET_FLOW ? 100 : 0;
	return &b.object[0];
}

#define set(kind, name)	set_of(PFQ_LANG_KIND_SET_##kind, name, "", 0, 1)

/* A set with so many prefixes, of lengths from @plen on. */
static void addrs(u8 plen, u32 count)
{
	struct pfq_lang_prefix list[9] = { { .family = 0 } };
	u32 i;

	for (i = 0; i < count; i++)
		list[i] = (struct pfq_lang_prefix){ .family = 4,
			.plen = plen < 32 ? (u8)(plen + i) : plen };
	set_of(PFQ_LANG_KIND_SET_ADDR, "a", list, count, sizeof(list[0]));
}

static void numbers(u32 kind, u16 first, u16 last)
{
	struct pfq_lang_range range = { first, last };

	set_of(kind, "a", &range, 1, sizeof(range));
}

static void learn(u64 timeout_s)
{
	set(ADDR, "a");
	b.step[0].symbol = PFQ_LANG_LEARN_SRC;
	b.step[0].no = b.step[0].yes;
	b.step[0].arg[1] = timeout_s;
}

#define SET_REFUSALS(_) \
	_(SIZE, OBJECT(0), set(ADDR, "a")->size = 0) \
	_(SIZE, OBJECT(0), set(FLOW, "a")->size = (16U << 20) + 1) \
	_(OBJECT, OBJECT(0), set(PORT, "a")->size = 10) \
	_(OBJECT, OBJECT(0), (set(VLAN, "a")->size = 0, b.object[0].arg[0] = 1)) \
	_(OBJECT, OBJECT(0), set(MAC, "a")->arg[1] = 1) \
	_(OBJECT, OBJECT(0), set(MAC, "a")->arg[2] = 1) \
	_(TIMEOUT, OBJECT(0), set(ADDR, "a")->arg[0] = 31536001) \
	_(NAME, OBJECT(0), set(ADDR, "")) \
	_(TWICE, OBJECT(1), (set(ADDR, "a"), \
			     blob_object(&b, PFQ_LANG_KIND_SET_PORT, "a", "", 0, 4))) \
	_(DATA, OBJECT(0), set(ADDR, "a")->count = 1) \
	_(MANY_ITEMS, OBJECT(0), (addrs(32, 2), b.object[0].size = 1)) \
	_(LENGTHS, OBJECT(0), addrs(20, 9)) \
	_(PREFIX, OBJECT(0), addrs(33, 1)) \
	_(PREFIX, OBJECT(0), (addrs(32, 1), b.data[5] = 1)) \
	_(RESERVED, OBJECT(0), (addrs(32, 1), b.data[18] = 1)) \
	_(RESERVED, OBJECT(0), (addrs(32, 1), b.data[20] = 1)) \
	_(ENTRY, OBJECT(0), (addrs(32, 1), b.data[17] = 5)) \
	_(ENTRY, OBJECT(0), (addrs(32, 1), b.object[0].kind = PFQ_LANG_KIND_SET_MAC)) \
	_(RANGE, OBJECT(0), numbers(PFQ_LANG_KIND_SET_PORT, 7, 6)) \
	_(ARGUMENT, OBJECT(0), numbers(PFQ_LANG_KIND_SET_VLAN, 0, 4095)) \
	_(NO_OBJECT, STEP(0), (set(MAC, "a"), b.step[0].symbol = PFQ_LANG_HAS_FLOW)) \
	_(SPARE, STEP(0), (set(ADDR, "a"), b.step[0].arg[1] = 1)) \
	_(ARGUMENT, STEP(0), learn(31536001))

#endif /* PFQ_TESTS_LANG_LOAD_SET_H */
