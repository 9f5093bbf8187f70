/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * User space only: the kernel engine lets the kernel run filters.
 *
 * pfq_filter_init() translates each instruction into a dense code, then joins pairs of
 * instructions. The filter is refused, as at attach in the kernel, in these cases:
 * - a jump goes backward or out of the filter
 * - a scratch index is BPF_MEMWORDS or more
 * - the last instruction does not return
 *
 * So filter_run.c need not check these.
 */
#include "filter_insn.h"
#include <linux/filter.h>

enum check {
	CHECK_NONE,
	CHECK_MEM,	/* k is an index of scratch memory */
	CHECK_DIVISOR,	/* k is not 0 */
	CHECK_JA,	/* k is a distance */
	CHECK_JUMP,	/* jt and jf are distances */
};

static const struct {
	u16 code;
	u8 op, check;
} codes[] = {
	{ BPF_RET | BPF_K, PFQ_FILTER_RET, CHECK_NONE },
	{ BPF_RET | BPF_A, PFQ_FILTER_RET_A, CHECK_NONE },
	{ BPF_LD | BPF_W | BPF_ABS, PFQ_FILTER_W, CHECK_NONE },
	{ BPF_LD | BPF_H | BPF_ABS, PFQ_FILTER_H, CHECK_NONE },
	{ BPF_LD | BPF_B | BPF_ABS, PFQ_FILTER_B, CHECK_NONE },
	{ BPF_LD | BPF_W | BPF_IND, PFQ_FILTER_IND_W, CHECK_NONE },
	{ BPF_LD | BPF_H | BPF_IND, PFQ_FILTER_IND_H, CHECK_NONE },
	{ BPF_LD | BPF_B | BPF_IND, PFQ_FILTER_IND_B, CHECK_NONE },
	{ BPF_LD | BPF_W | BPF_LEN, PFQ_FILTER_LEN, CHECK_NONE },
	{ BPF_LD | BPF_IMM, PFQ_FILTER_SET, CHECK_NONE },
	{ BPF_LD | BPF_MEM, PFQ_FILTER_GET, CHECK_MEM },
	{ BPF_LDX | BPF_W | BPF_LEN, PFQ_FILTER_LEN_X, CHECK_NONE },
	{ BPF_LDX | BPF_B | BPF_MSH, PFQ_FILTER_MSH, CHECK_NONE },
	{ BPF_LDX | BPF_IMM, PFQ_FILTER_SET_X, CHECK_NONE },
	{ BPF_LDX | BPF_MEM, PFQ_FILTER_GET_X, CHECK_MEM },
	{ BPF_ST, PFQ_FILTER_PUT, CHECK_MEM },
	{ BPF_STX, PFQ_FILTER_PUT_X, CHECK_MEM },
	{ BPF_MISC | BPF_TAX, PFQ_FILTER_TAX, CHECK_NONE },
	{ BPF_MISC | BPF_TXA, PFQ_FILTER_TXA, CHECK_NONE },
	{ BPF_ALU | BPF_NEG, PFQ_FILTER_NEG, CHECK_NONE },
	{ BPF_ALU | BPF_ADD | BPF_K, PFQ_FILTER_ADD_K, CHECK_NONE },
	{ BPF_ALU | BPF_ADD | BPF_X, PFQ_FILTER_ADD_X, CHECK_NONE },
	{ BPF_ALU | BPF_SUB | BPF_K, PFQ_FILTER_SUB_K, CHECK_NONE },
	{ BPF_ALU | BPF_SUB | BPF_X, PFQ_FILTER_SUB_X, CHECK_NONE },
	{ BPF_ALU | BPF_MUL | BPF_K, PFQ_FILTER_MUL_K, CHECK_NONE },
	{ BPF_ALU | BPF_MUL | BPF_X, PFQ_FILTER_MUL_X, CHECK_NONE },
	{ BPF_ALU | BPF_DIV | BPF_K, PFQ_FILTER_DIV_K, CHECK_DIVISOR },
	{ BPF_ALU | BPF_DIV | BPF_X, PFQ_FILTER_DIV_X, CHECK_NONE },
	{ BPF_ALU | BPF_MOD | BPF_K, PFQ_FILTER_MOD_K, CHECK_DIVISOR },
	{ BPF_ALU | BPF_MOD | BPF_X, PFQ_FILTER_MOD_X, CHECK_NONE },
	{ BPF_ALU | BPF_OR | BPF_K, PFQ_FILTER_OR_K, CHECK_NONE },
	{ BPF_ALU | BPF_OR | BPF_X, PFQ_FILTER_OR_X, CHECK_NONE },
	{ BPF_ALU | BPF_AND | BPF_K, PFQ_FILTER_AND_K, CHECK_NONE },
	{ BPF_ALU | BPF_AND | BPF_X, PFQ_FILTER_AND_X, CHECK_NONE },
	{ BPF_ALU | BPF_XOR | BPF_K, PFQ_FILTER_XOR_K, CHECK_NONE },
	{ BPF_ALU | BPF_XOR | BPF_X, PFQ_FILTER_XOR_X, CHECK_NONE },
	{ BPF_ALU | BPF_LSH | BPF_K, PFQ_FILTER_LSH_K, CHECK_NONE },
	{ BPF_ALU | BPF_LSH | BPF_X, PFQ_FILTER_LSH_X, CHECK_NONE },
	{ BPF_ALU | BPF_RSH | BPF_K, PFQ_FILTER_RSH_K, CHECK_NONE },
	{ BPF_ALU | BPF_RSH | BPF_X, PFQ_FILTER_RSH_X, CHECK_NONE },
	{ BPF_JMP | BPF_JA, PFQ_FILTER_JA, CHECK_JA },
	{ BPF_JMP | BPF_JEQ | BPF_K, PFQ_FILTER_JEQ, CHECK_JUMP },
	{ BPF_JMP | BPF_JEQ | BPF_X, PFQ_FILTER_JEQ_X, CHECK_JUMP },
	{ BPF_JMP | BPF_JGT | BPF_K, PFQ_FILTER_JGT, CHECK_JUMP },
	{ BPF_JMP | BPF_JGT | BPF_X, PFQ_FILTER_JGT_X, CHECK_JUMP },
	{ BPF_JMP | BPF_JGE | BPF_K, PFQ_FILTER_JGE, CHECK_JUMP },
	{ BPF_JMP | BPF_JGE | BPF_X, PFQ_FILTER_JGE_X, CHECK_JUMP },
	{ BPF_JMP | BPF_JSET | BPF_K, PFQ_FILTER_JSET, CHECK_JUMP },
	{ BPF_JMP | BPF_JSET | BPF_X, PFQ_FILTER_JSET_X, CHECK_JUMP },
};

/* Offsets of special meaning are negative numbers, kept in an unsigned field. */
#define NEGATIVE	0x80000000
#define AD_OFF		((u32)SKF_AD_OFF)

size_t pfq_filter_size(unsigned int count)
{
	return sizeof(struct pfq_filter) + (size_t)count * sizeof(struct pfq_filter_insn);
}

static bool insn_is_sane(const struct sock_filter *in, u8 check, u32 behind)
{
	switch (check) {
	case CHECK_MEM:
		return in->k < BPF_MEMWORDS;
	case CHECK_DIVISOR:
		return in->k != 0;
	case CHECK_JA:
		return in->k < behind;
	case CHECK_JUMP:
		return in->jt < behind && in->jf < behind;
	}
	return true;
}

static bool is_fixed(u8 op)
{
	return op <= PFQ_FILTER_MSH;
}

/* Bytes that an instruction loads, before any joining. */
static u8 insn_bytes(u8 op)
{
	switch (op) {
	case PFQ_FILTER_W: case PFQ_FILTER_IND_W: return 4;
	case PFQ_FILTER_H: case PFQ_FILTER_IND_H: return 2;
	case PFQ_FILTER_B: case PFQ_FILTER_IND_B: case PFQ_FILTER_MSH: return 1;
	}
	return 0;
}

/*
 * An absolute load at SKF_AD_OFF or beyond asks for metadata. An unknown kind is an error, as in
 * Linux.
 */
static int insn_metadata(struct pfq_filter_insn *out)
{
	out->k -= AD_OFF;
	if (out->k >= SKF_AD_MAX || out->k % 4)
		return -EINVAL;
	out->op = out->k == SKF_AD_ALU_XOR_X ? PFQ_FILTER_XOR_X : PFQ_FILTER_ANCILLARY;
	return 0;
}

/* @behind: number of instructions after this one */
static int insn_init(struct pfq_filter_insn *out, const struct sock_filter *in, u32 behind)
{
	unsigned int i = 0;
	u8 op;

	while (i < ARRAY_SIZE(codes) && codes[i].code != in->code)
		i++;
	if (i == ARRAY_SIZE(codes) || !insn_is_sane(in, codes[i].check, behind))
		return -EINVAL;
	op = codes[i].op;
	*out = (struct pfq_filter_insn){ .op = op, .k = in->k, .bytes = insn_bytes(op) };
	if (codes[i].check == CHECK_JUMP) {
		out->jt = out + 1 + in->jt;
		out->jf = out + 1 + in->jf;
	} else if (codes[i].check == CHECK_JA) {
		out->jt = out + 1 + in->k;
	} else if (out->bytes) {
		out->at = in->k;
		out->end = in->k + out->bytes;
		if (is_fixed(op) && in->k & NEGATIVE) {
			if (op != PFQ_FILTER_MSH && in->k >= AD_OFF)
				return insn_metadata(out);
			out->op = op == PFQ_FILTER_MSH ? PFQ_FILTER_FAR_MSH : PFQ_FILTER_FAR;
		}
	}
	return 0;
}

/* Skip unconditional jumps: return the instruction that the jump ends at. */
static const struct pfq_filter_insn *landing(const struct pfq_filter_insn *in)
{
	return in && in->op == PFQ_FILTER_JA ? in->jt : in;
}

/* Join @in with the conditional jump that follows it, if there is one. */
static void insn_join(struct pfq_filter_insn *in)
{
	const struct pfq_filter_insn *jump = in + 1;

	if (jump->op < PFQ_FILTER_JEQ || jump->op > PFQ_FILTER_JSET)
		return;
	if (in->op == PFQ_FILTER_AND_K && jump->op == PFQ_FILTER_JEQ) {
		in->op = PFQ_FILTER_AND_JEQ;
		in->at = in->k;
	} else if (insn_bytes(in->op) && in->op != PFQ_FILTER_MSH) {
		in->op += 1 + (jump->op - PFQ_FILTER_JEQ);
	} else {
		return;
	}
	in->k = jump->k;
	in->jt = jump->jt;
	in->jf = jump->jf;
}

int pfq_filter_init(struct pfq_filter *f, const struct sock_filter *insns, unsigned int count)
{
	struct pfq_filter_insn *in;
	unsigned int i;
	int err;

	if (count > PFQ_FILTER_MAX)
		return -E2BIG;
	if (!count)
		return -EINVAL;
	f->count = count;
	f->reach = 0;
	for (i = 0; i < count; i++) {
		in = &f->insn[i];
		err = insn_init(in, &insns[i], count - 1 - i);
		if (err)
			return err;
		if (is_fixed(in->op))
			f->reach = max_t(u32, f->reach, in->end);
	}
	if (f->insn[count - 1].op > PFQ_FILTER_RET_A || f->insn[count - 1].op < PFQ_FILTER_RET)
		return -EINVAL;
	/*
	 * From the end to the beginning: the targets of a jump have already been skipped and
	 * joined.
	 */
	for (i = count - 1; i-- > 0;) {
		in = &f->insn[i];
		in->jt = landing(in->jt);
		in->jf = landing(in->jf);
		insn_join(in);
	}
	return 0;
}
