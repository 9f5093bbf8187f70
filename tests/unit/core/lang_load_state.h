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

#define STATE_REFUSALS(_) \
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
