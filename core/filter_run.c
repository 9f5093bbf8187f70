/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Runs filters; user space only. Each instruction jumps directly to the code of the next one, so
 * that the CPU predicts each of these jumps by its own address.
 *
 * filter.c has checked jumps, scratch indices and the last instruction. Two checks are left for
 * here: the end of the packet, and division by X. A packet of f->reach bytes or more passes the
 * first check once for all loads at fixed offsets.
 */
#include "filter_insn.h"
#include <linux/filter.h>

#define GO(to)		do { in = (to); goto *code[in->op]; } while (0)
#define NEXT()		GO(in + 1)
/*
 * Not a statement about packets: likely() makes compilers emit a branch here. With a conditional
 * move each step would wait for the bytes that the step before loads.
 */
#define JUMP(cond)	do { if (likely(cond)) GO(in->jt); GO(in->jf); } while (0)

/* A load alone, and joined with each of the jumps that may follow it. */
#define LOAD(op, load)                          \
	op_##op: load; NEXT();                  \
	op_##op##_JEQ: load; JUMP(a == in->k);  \
	op_##op##_JGT: load; JUMP(a > in->k);   \
	op_##op##_JGE: load; JUMP(a >= in->k);  \
	op_##op##_JSET: load; JUMP(a & in->k);

#define FIXED(bits)	a = get_unaligned_be##bits(data + in->at)

/* Offsets from 2^31 on have a special meaning. The limit is at most 2^31, so they go to "far". */
#define INDEXED(bits)                                                  \
	at = (u64)(u32)(in->at + x);                                   \
	if (unlikely(at + (bits) / 8 > limit))                         \
		goto far;                                              \
	a = get_unaligned_be##bits(data + at)

#define get_unaligned_be8(p)	(*(const u8 *)(p))

#define ALU(op, calculate)                                    \
	op_##op##_K: src = in->k; calculate; NEXT();          \
	op_##op##_X: src = x; calculate; NEXT();

#define CODE(op)	[PFQ_FILTER_##op] = &&op_##op,
#define CODE_CUT(op)	[PFQ_FILTER_##op] = &&cut,

static u32 filter_exec(const struct pfq_filter *f, const struct pfq_view *v)
{
	static const void *const whole[] = { PFQ_FILTER_FIXED_OPS(CODE)
					     PFQ_FILTER_OTHER_OPS(CODE) };
	/* for a packet shorter than f->reach: loads at fixed offsets check the packet's end */
	static const void *const cut_short[] = { PFQ_FILTER_FIXED_OPS(CODE_CUT)
						PFQ_FILTER_OTHER_OPS(CODE) };
	const void *const *code = v->caplen >= f->reach ? whole : cut_short;
	const struct pfq_filter_insn *in = f->insn;
	u64 limit = min_t(u32, v->caplen, 0x80000000), at;
	u32 mem[BPF_MEMWORDS] = { 0 };
	const u8 *data = v->data;
	u32 a = 0, x = 0, src;
	int64_t value;

	goto *code[in->op];

	op_RET: return in->k;
	op_RET_A: return a;

	LOAD(W, FIXED(32))
	LOAD(H, FIXED(16))
	LOAD(B, FIXED(8))
	op_MSH: x = (u32)(data[in->at] & 0xf) * 4; NEXT();
	cut:
		if (in->end > v->caplen)
			return 0;
		goto *whole[in->op];

	LOAD(IND_W, INDEXED(32))
	LOAD(IND_H, INDEXED(16))
	LOAD(IND_B, INDEXED(8))
	far:
		value = pfq_filter_far(v, in->at + x, in->bytes);
		if (value < 0)
			return 0;
		a = (u32)value;
		NEXT();
	op_FAR:
		value = pfq_filter_far(v, in->at, in->bytes);
		if (value < 0)
			return 0;
		a = (u32)value;
		NEXT();
	op_FAR_MSH:
		value = pfq_filter_far(v, in->at, 1);
		if (value < 0)
			return 0;
		x = (u32)(value & 0xf) * 4;
		NEXT();
	op_ANCILLARY: a = pfq_filter_ancillary(v, in->k); NEXT();

	op_JEQ: JUMP(a == in->k);
	op_JGT: JUMP(a > in->k);
	op_JGE: JUMP(a >= in->k);
	op_JSET: JUMP(a & in->k);
	op_JEQ_X: JUMP(a == x);
	op_JGT_X: JUMP(a > x);
	op_JGE_X: JUMP(a >= x);
	op_JSET_X: JUMP(a & x);
	op_JA: GO(in->jt);
	op_AND_JEQ: a &= in->at; JUMP(a == in->k);

	op_SET: a = in->k; NEXT();
	op_SET_X: x = in->k; NEXT();
	op_LEN: a = v->len; NEXT();
	op_LEN_X: x = v->len; NEXT();
	op_GET: a = mem[in->k]; NEXT();
	op_GET_X: x = mem[in->k]; NEXT();
	op_PUT: mem[in->k] = a; NEXT();
	op_PUT_X: mem[in->k] = x; NEXT();
	op_TAX: x = a; NEXT();
	op_TXA: a = x; NEXT();

	ALU(ADD, a += src)
	ALU(SUB, a -= src)
	ALU(MUL, a *= src)
	ALU(DIV, if (!src) return 0; a /= src)
	ALU(MOD, if (!src) return 0; a %= src)
	ALU(OR, a |= src)
	ALU(AND, a &= src)
	ALU(XOR, a ^= src)
	ALU(LSH, a = src < 32 ? a << src : 0)
	ALU(RSH, a = src < 32 ? a >> src : 0)
	op_NEG: a = -a; NEXT();
}

bool pfq_filter_match(const struct pfq_filter *f, const struct pfq_view *v)
{
	return !f || filter_exec(f, v) != 0;
}
