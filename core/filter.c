/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * User space only: the kernel engine runs filters by the kernel's own means.
 *
 * pfq_filter_init() translates each instruction into a dense code with its
 * operand's source and refuses what the kernel would refuse at attach; after
 * that the interpreter needs no check but for packet loads: jumps go forward
 * and stay within, scratch indices are below BPF_MEMWORDS, the last
 * instruction returns.
 */
#include "filter.h"
#include "parse.h"
#include <linux/filter.h>

enum op {
	OP_RET, OP_RET_A,
	OP_LOAD_W, OP_LOAD_H, OP_LOAD_B, OP_ANCILLARY,
	OP_SET, OP_SET_X, OP_LEN, OP_LEN_X, OP_GET, OP_GET_X, OP_MSH, OP_PUT, OP_PUT_X, OP_TAX,
	OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_MOD, OP_OR, OP_AND, OP_XOR, OP_LSH, OP_RSH, OP_NEG,
	OP_JA, OP_JEQ, OP_JGT, OP_JGE, OP_JSET,
};

struct insn {
	u8	op;
	u8	x;	/* the operand is X (or k + X, of loads), not k */
	u8	jt, jf;
	u32	k;
};

struct pfq_filter {
	u32 count;
	struct insn insn[];
};

enum check {
	CHECK_NONE,
	CHECK_MEM,	/* k is an index of scratch memory */
	CHECK_DIVISOR,	/* k is not 0 */
	CHECK_JA,	/* k is a distance */
	CHECK_JUMP,	/* jt and jf are distances */
};

static const struct {
	u16 code;
	u8 op, x, check;
} codes[] = {
	{ BPF_RET | BPF_K, OP_RET, 0, CHECK_NONE },
	{ BPF_RET | BPF_A, OP_RET_A, 0, CHECK_NONE },
	{ BPF_LD | BPF_W | BPF_ABS, OP_LOAD_W, 0, CHECK_NONE },
	{ BPF_LD | BPF_H | BPF_ABS, OP_LOAD_H, 0, CHECK_NONE },
	{ BPF_LD | BPF_B | BPF_ABS, OP_LOAD_B, 0, CHECK_NONE },
	{ BPF_LD | BPF_W | BPF_IND, OP_LOAD_W, 1, CHECK_NONE },
	{ BPF_LD | BPF_H | BPF_IND, OP_LOAD_H, 1, CHECK_NONE },
	{ BPF_LD | BPF_B | BPF_IND, OP_LOAD_B, 1, CHECK_NONE },
	{ BPF_LD | BPF_W | BPF_LEN, OP_LEN, 0, CHECK_NONE },
	{ BPF_LD | BPF_IMM, OP_SET, 0, CHECK_NONE },
	{ BPF_LD | BPF_MEM, OP_GET, 0, CHECK_MEM },
	{ BPF_LDX | BPF_W | BPF_LEN, OP_LEN_X, 0, CHECK_NONE },
	{ BPF_LDX | BPF_B | BPF_MSH, OP_MSH, 0, CHECK_NONE },
	{ BPF_LDX | BPF_IMM, OP_SET_X, 0, CHECK_NONE },
	{ BPF_LDX | BPF_MEM, OP_GET_X, 0, CHECK_MEM },
	{ BPF_ST, OP_PUT, 0, CHECK_MEM },
	{ BPF_STX, OP_PUT_X, 0, CHECK_MEM },
	{ BPF_MISC | BPF_TAX, OP_TAX, 0, CHECK_NONE },
	{ BPF_MISC | BPF_TXA, OP_SET, 1, CHECK_NONE },
	{ BPF_ALU | BPF_NEG, OP_NEG, 0, CHECK_NONE },
	{ BPF_ALU | BPF_ADD | BPF_K, OP_ADD, 0, CHECK_NONE },
	{ BPF_ALU | BPF_ADD | BPF_X, OP_ADD, 1, CHECK_NONE },
	{ BPF_ALU | BPF_SUB | BPF_K, OP_SUB, 0, CHECK_NONE },
	{ BPF_ALU | BPF_SUB | BPF_X, OP_SUB, 1, CHECK_NONE },
	{ BPF_ALU | BPF_MUL | BPF_K, OP_MUL, 0, CHECK_NONE },
	{ BPF_ALU | BPF_MUL | BPF_X, OP_MUL, 1, CHECK_NONE },
	{ BPF_ALU | BPF_DIV | BPF_K, OP_DIV, 0, CHECK_DIVISOR },
	{ BPF_ALU | BPF_DIV | BPF_X, OP_DIV, 1, CHECK_NONE },
	{ BPF_ALU | BPF_MOD | BPF_K, OP_MOD, 0, CHECK_DIVISOR },
	{ BPF_ALU | BPF_MOD | BPF_X, OP_MOD, 1, CHECK_NONE },
	{ BPF_ALU | BPF_OR | BPF_K, OP_OR, 0, CHECK_NONE },
	{ BPF_ALU | BPF_OR | BPF_X, OP_OR, 1, CHECK_NONE },
	{ BPF_ALU | BPF_AND | BPF_K, OP_AND, 0, CHECK_NONE },
	{ BPF_ALU | BPF_AND | BPF_X, OP_AND, 1, CHECK_NONE },
	{ BPF_ALU | BPF_XOR | BPF_K, OP_XOR, 0, CHECK_NONE },
	{ BPF_ALU | BPF_XOR | BPF_X, OP_XOR, 1, CHECK_NONE },
	{ BPF_ALU | BPF_LSH | BPF_K, OP_LSH, 0, CHECK_NONE },
	{ BPF_ALU | BPF_LSH | BPF_X, OP_LSH, 1, CHECK_NONE },
	{ BPF_ALU | BPF_RSH | BPF_K, OP_RSH, 0, CHECK_NONE },
	{ BPF_ALU | BPF_RSH | BPF_X, OP_RSH, 1, CHECK_NONE },
	{ BPF_JMP | BPF_JA, OP_JA, 0, CHECK_JA },
	{ BPF_JMP | BPF_JEQ | BPF_K, OP_JEQ, 0, CHECK_JUMP },
	{ BPF_JMP | BPF_JEQ | BPF_X, OP_JEQ, 1, CHECK_JUMP },
	{ BPF_JMP | BPF_JGT | BPF_K, OP_JGT, 0, CHECK_JUMP },
	{ BPF_JMP | BPF_JGT | BPF_X, OP_JGT, 1, CHECK_JUMP },
	{ BPF_JMP | BPF_JGE | BPF_K, OP_JGE, 0, CHECK_JUMP },
	{ BPF_JMP | BPF_JGE | BPF_X, OP_JGE, 1, CHECK_JUMP },
	{ BPF_JMP | BPF_JSET | BPF_K, OP_JSET, 0, CHECK_JUMP },
	{ BPF_JMP | BPF_JSET | BPF_X, OP_JSET, 1, CHECK_JUMP },
};

/* offsets of special meaning are negative numbers in a field without sign */
#define AD_OFF		((u32)SKF_AD_OFF)
#define NET_OFF		((u32)SKF_NET_OFF)
#define LL_OFF		((u32)SKF_LL_OFF)

size_t pfq_filter_size(unsigned int count)
{
	return sizeof(struct pfq_filter) + (size_t)count * sizeof(struct insn);
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

/* an absolute load beyond SKF_AD_OFF asks for metadata; an unknown kind is an error, as in Linux */
static int insn_ancillary(struct insn *out)
{
	if (out->op < OP_LOAD_W || out->op > OP_LOAD_B || out->x || out->k < AD_OFF)
		return 0;
	out->k -= AD_OFF;
	if (out->k >= SKF_AD_MAX || out->k % 4)
		return -EINVAL;
	out->op = OP_ANCILLARY;
	if (out->k == SKF_AD_ALU_XOR_X) {
		out->op = OP_XOR;
		out->x = 1;
	}
	return 0;
}

/* @behind: instructions after this one */
static int insn_init(struct insn *out, const struct sock_filter *in, u32 behind)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		if (codes[i].code != in->code)
			continue;
		if (!insn_is_sane(in, codes[i].check, behind))
			return -EINVAL;
		*out = (struct insn){ codes[i].op, codes[i].x, in->jt, in->jf, in->k };
		return insn_ancillary(out);
	}
	return -EINVAL;
}

int pfq_filter_init(struct pfq_filter *f, const struct sock_filter *insns, unsigned int count)
{
	unsigned int i;
	int err;

	if (count > PFQ_FILTER_MAX)
		return -E2BIG;
	if (!count)
		return -EINVAL;
	f->count = count;
	for (i = 0; i < count; i++) {
		err = insn_init(&f->insn[i], &insns[i], count - 1 - i);
		if (err)
			return err;
	}
	return f->insn[count - 1].op <= OP_RET_A ? 0 : -EINVAL;
}

/* what SKF_NET_OFF counts from; ~0: no idea */
static u32 net_offset(const struct pfq_view *v)
{
	if (v->linktype == PFQ_LINKTYPE_ETHERNET)
		return 14;
	return v->linktype == PFQ_LINKTYPE_RAW ? 0 : ~0U;
}

static const u8 *at_negative(const struct pfq_view *v, u32 off, u32 bytes)
{
	u64 pos;

	if (off >= NET_OFF)
		pos = (u64)net_offset(v) + (off - NET_OFF);
	else if (off >= LL_OFF)
		pos = off - LL_OFF;
	else
		return NULL;
	return pos + bytes <= v->caplen ? v->data + pos : NULL;
}

static inline const u8 *at(const struct pfq_view *v, u32 off, u32 bytes)
{
	if (unlikely((off & 0x80000000) != 0))
		return at_negative(v, off, bytes);
	if (unlikely((u64)off + bytes > v->caplen))
		return NULL;
	return v->data + off;
}

/* where the payload behind the transport header begins; 0: not known */
static u32 payload_offset(const struct pfq_view *view)
{
	static const struct {
		u8 proto, bytes;
	} headers[] = {
		{ 1, 8 }, { 2, 8 }, { 17, 8 }, { 33, 12 }, { 58, 8 }, { 132, 12 }, { 136, 8 },
	};
	struct pfq_view v = *view;
	u32 off, bytes, i;

	pfq_parse(&v);
	off = v.flow.l4_offset;
	if (!off || (v.flow.flags & (PFQ_FLOW_FRAG | PFQ_FLOW_FRAG_FIRST)) == PFQ_FLOW_FRAG)
		return off;
	if (v.flow.proto == 6) {
		if (off + 13 > v.caplen)
			return off;
		bytes = (u32)(v.data[off + 12] >> 4) * 4;
		return off + max_t(u32, bytes, 20);
	}
	for (i = 0; i < ARRAY_SIZE(headers); i++)
		if (headers[i].proto == v.flow.proto)
			return off + headers[i].bytes;
	return off;
}

static u32 ancillary(const struct pfq_view *v, u32 kind)
{
	bool tagged = v->flags & PFQ_REC_F_VLAN;

	switch (kind) {
	case SKF_AD_PROTOCOL:
		return v->protocol;
	case SKF_AD_PKTTYPE:
		return v->pkttype;
	case SKF_AD_IFINDEX:
		return v->ifindex;
	case SKF_AD_QUEUE:
		/* Linux shows its internal number: one more, and 0 where none was recorded */
		return (u16)(v->queue + 1);
	case SKF_AD_HATYPE:
		return v->linktype == PFQ_LINKTYPE_ETHERNET ? 1 : 0xfffe; /* ARPHRD_NONE */
	case SKF_AD_RXHASH:
		return v->rxhash;
	case SKF_AD_CPU:
		return raw_smp_processor_id();
	case SKF_AD_VLAN_TAG:
		return tagged ? v->tci : 0;
	case SKF_AD_VLAN_TAG_PRESENT:
		return tagged;
	case SKF_AD_VLAN_TPID:
		return tagged ? v->tpid : 0;
	case SKF_AD_PAY_OFFSET:
		return payload_offset(v);
	case SKF_AD_RANDOM:
		return get_random_u32();
	}
	/* MARK: a view has none. NLATTR*: no netlink message, none is found */
	return 0;
}

static u32 run(const struct insn *in, const struct pfq_view *v)
{
	u32 mem[BPF_MEMWORDS] = { 0 };
	u32 a = 0, x = 0;

	for (;; in++) {
		u32 src = in->x ? x : in->k;
		u32 off = in->x ? in->k + x : in->k;
		const u8 *p;

		switch (in->op) {
		case OP_RET: return in->k;
		case OP_RET_A: return a;
		case OP_LOAD_W:
			p = at(v, off, 4);
			if (unlikely(!p))
				return 0;
			a = get_unaligned_be32(p);
			break;
		case OP_LOAD_H:
			p = at(v, off, 2);
			if (unlikely(!p))
				return 0;
			a = get_unaligned_be16(p);
			break;
		case OP_LOAD_B:
		case OP_MSH:
			p = at(v, off, 1);
			if (unlikely(!p))
				return 0;
			if (in->op == OP_MSH)
				x = (u32)(*p & 0xf) * 4;
			else
				a = *p;
			break;
		case OP_ANCILLARY: a = ancillary(v, in->k); break;
		case OP_SET: a = src; break;
		case OP_SET_X: x = in->k; break;
		case OP_LEN: a = v->len; break;
		case OP_LEN_X: x = v->len; break;
		case OP_GET: a = mem[in->k]; break;
		case OP_GET_X: x = mem[in->k]; break;
		case OP_PUT: mem[in->k] = a; break;
		case OP_PUT_X: mem[in->k] = x; break;
		case OP_TAX: x = a; break;
		case OP_ADD: a += src; break;
		case OP_SUB: a -= src; break;
		case OP_MUL: a *= src; break;
		case OP_DIV:
			if (!src)
				return 0;
			a /= src;
			break;
		case OP_MOD:
			if (!src)
				return 0;
			a %= src;
			break;
		case OP_OR: a |= src; break;
		case OP_AND: a &= src; break;
		case OP_XOR: a ^= src; break;
		case OP_LSH: a = src < 32 ? a << src : 0; break;
		case OP_RSH: a = src < 32 ? a >> src : 0; break;
		case OP_NEG: a = -a; break;
		case OP_JA: in += in->k; break;
		case OP_JEQ: in += a == src ? in->jt : in->jf; break;
		case OP_JGT: in += a > src ? in->jt : in->jf; break;
		case OP_JGE: in += a >= src ? in->jt : in->jf; break;
		case OP_JSET: in += a & src ? in->jt : in->jf; break;
		}
	}
}

bool pfq_filter_match(const struct pfq_filter *f, const struct pfq_view *v)
{
	return !f || run(f->insn, v) != 0;
}
