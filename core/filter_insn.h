/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A filter as filter.c lays it out and filter_run.c runs it. No other file includes this.
 *
 * Instruction i of the filter is insn[i]. A load or an AND that is followed by a jump does that
 * jump as well. The jump stays in place, because other jumps may target it.
 */
#ifndef PFQ_CORE_FILTER_INSN_H
#define PFQ_CORE_FILTER_INSN_H

#include "filter.h"

/*
 * Loads of packet bytes into A: alone (op), and joined with the jump that follows (op_JEQ ...).
 * The order of the jumps is that of JEQ to JSET below.
 */
#define PFQ_FILTER_LOADS(_, op) _(op) _(op##_JEQ) _(op##_JGT) _(op##_JGE) _(op##_JSET)

/* Loads from the fixed offset "at". A packet of filter->reach bytes or more holds all of them. */
#define PFQ_FILTER_FIXED_OPS(_) \
	PFQ_FILTER_LOADS(_, W) PFQ_FILTER_LOADS(_, H) PFQ_FILTER_LOADS(_, B) _(MSH)

/*
 * _K: operand is the constant k. _X: operand is X. IND: offset is at + X. FAR: offset has a
 * special meaning (SKF_NET_OFF, SKF_LL_OFF).
 */
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
	u8	bytes;		/* bytes that a load reads */
	u32	k;
	u32	at;		/* a load's offset; AND_JEQ's mask */
	u32	end;		/* a load's end: at + bytes */
	const struct pfq_filter_insn *jt, *jf;
};

struct pfq_filter {
	u32	count;
	u32	reach;		/* a packet of this many bytes holds all loads at fixed offsets */
	struct pfq_filter_insn insn[];
};

/*
 * The @bytes (1, 2 or 4) bytes at @off, in host order. @off may count from SKF_NET_OFF or
 * SKF_LL_OFF. Returns -1 if they are not within the packet.
 */
int64_t pfq_filter_far(const struct pfq_view *v, u32 off, u32 bytes);

/* The packet's metadata of kind SKF_AD_*; 0 for what a view does not have. */
u32 pfq_filter_ancillary(const struct pfq_view *v, u32 kind);

#endif /* PFQ_CORE_FILTER_INSN_H */
