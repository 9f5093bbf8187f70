/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Programs with one fault in what they remember; a part of lang_load.c. */
#ifndef PFQ_TESTS_LANG_LOAD_STATE_H
#define PFQ_TESTS_LANG_LOAD_STATE_H

static struct pfq_lang_object *flows(void)
{
	filter_and_steer();
	return &b.object[blob_flows(&b, 1000, 1000000000)];
}

/* A property of flows, compared with a range. */
static struct pfq_lang_step *compared(u32 symbol, u64 first, u64 last)
{
	one(symbol, first, last);
	blob_flows(&b, 1000, 1000000000);
	return &b.step[0];
}

/* A limit for @symbol, in an object for one that has keys if @size is not 0. */
static struct pfq_lang_object *limit(u32 symbol, u32 size, u64 rate, bool is_bits)
{
	one(symbol, 0, 0);
	return &b.object[blob_rate(&b, size, rate, is_bits, 0)];
}

static struct pfq_lang_object *duplicates(void)
{
	one(PFQ_LANG_IS_DUP, 0, 0);
	return &b.object[blob_dup(&b, 64, 1000000, 256, false)];
}

/* The steps compare @bytes bytes each. The last one goes beyond the limit, and -1 is the answer. */
static void many_dups(u32 bytes, s32 steps)
{
	one(PFQ_LANG_IS_DUP, 0, 0);
	blob_dup(&b, 64, 1000000, bytes, false);
	while (steps--)
		blob_step(&b, PFQ_LANG_IS_DUP, 0, 0);
}

/* How many such steps a way may have */
static s32 dups(u32 bytes)
{
	return (s32)(PFQ_LANG_COST_MAX / (pfq_lang_row(PFQ_LANG_IS_DUP)->units +
					  PFQ_LANG_DUP_UNITS(bytes)));
}

#define STATE_REFUSALS(_) \
	_(ARGUMENT, STEP(0), one(PFQ_LANG_PRESSURE, 0, 101)) \
	_(ARGUMENT, STEP(0), one(PFQ_LANG_PRESSURE, 101, 0)->flags = PFQ_LANG_F_ALL) \
	_(NO_OBJECT, STEP(0), one(PFQ_LANG_IS_DUP, 0, 0)) \
	_(SPARE, STEP(0), (duplicates(), b.step[0].arg[1] = 1)) \
	_(SIZE, OBJECT(0), duplicates()->size = 0) \
	_(SIZE, OBJECT(0), duplicates()->size = (128U << 20) + 1) \
	_(SIZE, OBJECT(0), duplicates()->arg[0] = 0) \
	_(SIZE, OBJECT(0), duplicates()->arg[0] = 1000000001) \
	_(SIZE, OBJECT(0), duplicates()->arg[1] = 0) \
	_(SIZE, OBJECT(0), duplicates()->arg[1] = 2049) \
	_(SIZE, OBJECT(0), duplicates()->arg[2] = 2) \
	_(OBJECT, OBJECT(0), duplicates()->name[0] = 'a') \
	_(COST, STEP(dups(2048)), many_dups(2048, dups(2048))) \
	_(COST, STEP(dups(16)), many_dups(16, dups(16))) \
	_(NO_OBJECT, STEP(0), one(PFQ_LANG_WITHIN, 0, 0)) \
	_(NO_OBJECT, STEP(0), limit(PFQ_LANG_WITHIN, 8, 1000, false)) \
	_(NO_OBJECT, STEP(0), limit(PFQ_LANG_WITHIN_SRC, 0, 1000, false)) \
	_(NO_OBJECT, STEP(0), limit(PFQ_LANG_WITHIN_FLOW, 0, 1000, false)) \
	_(SPARE, STEP(0), (limit(PFQ_LANG_WITHIN, 0, 1000, false), b.step[0].arg[1] = 1)) \
	_(SIZE, OBJECT(0), limit(PFQ_LANG_WITHIN, 0, 0, false)) \
	_(SIZE, OBJECT(0), limit(PFQ_LANG_WITHIN, 0, 1000000001, false)) \
	_(SIZE, OBJECT(0), limit(PFQ_LANG_WITHIN, 0, 7999, true)) \
	_(SIZE, OBJECT(0), limit(PFQ_LANG_WITHIN, 0, 1000000000001ULL, true)) \
	_(SIZE, OBJECT(0), limit(PFQ_LANG_WITHIN, 0, 8000, true)->arg[1] = 2) \
	_(SIZE, OBJECT(0), limit(PFQ_LANG_WITHIN, 0, 9, false)->arg[2] = 60000000001ULL) \
	_(SIZE, OBJECT(0), limit(PFQ_LANG_WITHIN, 0, 9, false)->size = 1) \
	_(SIZE, OBJECT(0), limit(PFQ_LANG_WITHIN_SRC, 9, 9, false)->size = 0) \
	_(SIZE, OBJECT(0), limit(PFQ_LANG_WITHIN_SRC, (16U << 20) + 1, 9, false)) \
	_(OBJECT, OBJECT(0), limit(PFQ_LANG_WITHIN, 0, 9, false)->name[0] = 'a') \
	_(OBJECT, OBJECT(0), limit(PFQ_LANG_WITHIN, 0, 9, false)->count = 1) \
	_(NO_OBJECT, STEP(0), one(PFQ_LANG_FLOW_PACKETS, 1, 2)) \
	_(NO_OBJECT, STEP(0), one(PFQ_LANG_FLOW_BYTES, 1, 2)) \
	_(NO_OBJECT, STEP(0), one(PFQ_LANG_STEER_BY, PFQ_LANG_FLOW_PACKETS, 0)) \
	_(ARGUMENT, STEP(0), compared(PFQ_LANG_FLOW_PACKETS, 1, 1 << 23)) \
	_(ARGUMENT, STEP(0), compared(PFQ_LANG_FLOW_BYTES, 1, 1ULL << 39)) \
	_(ARGUMENT, STEP(0), compared(PFQ_LANG_FLOW_PACKETS, 1 << 23, 0)->flags = \
			     PFQ_LANG_F_ANY) \
	_(RANGE, STEP(0), compared(PFQ_LANG_FLOW_BYTES, 3, 2)) \
	_(FLAGS, STEP(0), compared(PFQ_LANG_FLOW_BYTES, 1, 0)->flags = PFQ_LANG_F_ANY) \
	_(FLAGS, STEP(0), compared(PFQ_LANG_FLOW_BYTES, 1, 0)->flags = PFQ_LANG_F_ALL) \
	_(SIZE, OBJECT(0), flows()->size = 0) \
	_(SIZE, OBJECT(0), flows()->size = (16U << 20) + 1) \
	_(SIZE, OBJECT(0), flows()->arg[0] = 0) \
	_(SIZE, OBJECT(0), flows()->arg[0] = (1ULL << 54) + 1) \
	_(OBJECT, OBJECT(0), flows()->arg[1] = 1) \
	_(OBJECT, OBJECT(0), flows()->arg[2] = 1) \
	_(OBJECT, OBJECT(0), flows()->name[0] = 'a') \
	_(OBJECT, OBJECT(0), flows()->count = 1) \
	_(MANY_FLOWS, OBJECT(1), (flows(), blob_flows(&b, 1, 1)))

#endif /* PFQ_TESTS_LANG_LOAD_STATE_H */
