/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A filter as filter.c lays it out and filter_run.c runs it; for these two.
 *
 * Instruction i of the program is insn[i]. A load or an AND with a jump right
 * behind it does that jump, too; the jump's own place stays as it is, for
 * those who jump there.
 */
#ifndef PFQ_CORE_FILTER_INSN_H
#define PFQ_CORE_FILTER_INSN_H

#include "filter.h"

/* packet bytes into A; JEQ to JSET: and the jump behind, in the order of the jumps below */
#define PFQ_FILTER_LOADS(_, op) _(op) _(op##_JEQ) _(op##_JGT) _(op##_JGE) _(op##_JSET)

/* from the offset "at": of a packet with filter->reach bytes all of them are there */
#define PFQ_FILTER_FIXED_OPS(_) \
	PFQ_FILTER_LOADS(_, W) PFQ_FILTER_LOADS(_, H) PFQ_FILTER_LOADS(_, B) _(MSH)

/* _K: with the constant; _X: with X. IND: from at + X. FAR: at an offset of special meaning */
#define PFQ_FILTER_OTHER_OPS(_) \
	_(RET) _(RET_A) \
	PFQ_FILTER_LOADS(_, IND_W) PFQ_FILTER_LOADS(_, IND_H) PFQ_FILTER_LOADS(_, IND_B) \
	_(FAR) _(FAR_MSH) _(ANCILLARY) \
	_(JEQ) _(JGT) _(JGE) _(JSET) _(JEQ_X) _(JGT_X) _(JGE_X) _(JSET_X) _(JA) \
	_(SET) _(SET_X) _(LEN) _(LEN_X) _(GET) _(GET_X) _(PUT) _(PUT_X) _(TAX) _(TXA) \
	_(ADD_K) _(SUB_K) _(MUL_K) _(DIV_K) _(MOD_K) _(OR_K) _(AND_K) _(XOR_K) _(LSH_K) _(RSH_K) \
	_(ADD_X) _(SUB_X) _(MUL_X) _(DIV_X) _(MOD_X) _(OR_X) _(AND_X) _(XOR_X) _(LSH_X) _(RSH_X) \
	_(NEG) _(AND_JEQ)

#define PFQ_FILTER_ENUM(op)	PFQ_FILTER_##op,

enum pfq_filter_op {
	PFQ_FILTER_FIXED_OPS(PFQ_FILTER_ENUM)
	PFQ_FILTER_OTHER_OPS(PFQ_FILTER_ENUM)
};

#undef PFQ_FILTER_ENUM

struct pfq_filter_insn {
	u8	op;
	u8	bytes;		/* of a load */
	u32	k;
	u32	at;		/* of a load: the offset; of AND_JEQ: the mask */
	u32	end;		/* of a load: at + bytes */
	const struct pfq_filter_insn *jt, *jf;
};

struct pfq_filter {
	u32	count;
	u32	reach;		/* a packet of so many bytes has all that is at fixed offsets */
	struct pfq_filter_insn insn[];
};

/*
 * @bytes at @off, which may count from SKF_NET_OFF or SKF_LL_OFF, as a number;
 * -1: not within the packet
 */
int64_t pfq_filter_far(const struct pfq_view *v, u32 off, u32 bytes);

/* metadata of the kind SKF_AD_* */
u32 pfq_filter_ancillary(const struct pfq_view *v, u32 kind);

#endif /* PFQ_CORE_FILTER_INSN_H */
