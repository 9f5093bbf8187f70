/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "bpf_model.h"
#include "core/filter_insn.h"

static u32 bytes_of(u16 code)
{
	return BPF_SIZE(code) == BPF_W ? 4 : BPF_SIZE(code) == BPF_H ? 2 : 1;
}

/* false: not within the packet */
static bool load(struct bpf_model *m, const struct pfq_view *v, u32 offset, u32 bytes, u32 *value)
{
	u32 net = v->linktype == PFQ_LINKTYPE_ETHERNET ? 14 : 0;
	u64 begin = offset;
	u32 i;

	if (offset >= 0x80000000) {
		m->negative = true;
		if (offset < (u32)SKF_LL_OFF)
			return false;
		begin = offset - (u32)SKF_LL_OFF;
		if (offset >= (u32)SKF_NET_OFF) {
			if (!net && v->linktype != PFQ_LINKTYPE_RAW)
				return false;
			begin = (u64)offset - (u32)SKF_NET_OFF + net;
		}
	}
	*value = 0;
	for (i = 0; i < bytes; i++) {
		if (begin + i >= v->caplen)
			return false;
		*value = *value << 8 | v->data[begin + i];
	}
	return true;
}

/* false: the packet is rejected */
static bool load_into_a(struct bpf_model *m, const struct sock_filter *in, const struct pfq_view *v)
{
	u32 ancillary = in->k - (u32)SKF_AD_OFF;

	switch (BPF_MODE(in->code)) {
	case BPF_IMM:
		m->a = in->k;
		return true;
	case BPF_MEM:
		m->a = m->mem[in->k];
		return true;
	case BPF_LEN:
		m->a = v->len;
		return true;
	case BPF_IND:
		return load(m, v, m->x + in->k, bytes_of(in->code), &m->a);
	}
	if (in->k < (u32)SKF_AD_OFF)
		return load(m, v, in->k, bytes_of(in->code), &m->a);
	m->negative = true;
	if (ancillary == SKF_AD_RANDOM || ancillary == SKF_AD_CPU)
		m->unsteady = true;
	if (ancillary == SKF_AD_ALU_XOR_X)
		m->a ^= m->x;
	else
		m->a = pfq_filter_ancillary(v, ancillary);
	return true;
}

static bool load_into_x(struct bpf_model *m, const struct sock_filter *in, const struct pfq_view *v)
{
	u32 byte;

	switch (BPF_MODE(in->code)) {
	case BPF_IMM:
		m->x = in->k;
		return true;
	case BPF_MEM:
		m->x = m->mem[in->k];
		return true;
	case BPF_LEN:
		m->x = v->len;
		return true;
	}
	if (!load(m, v, in->k, 1, &byte))
		return false;
	m->x = byte % 16 * 4;
	return true;
}

static bool calculate(struct bpf_model *m, const struct sock_filter *in)
{
	u32 operand = BPF_SRC(in->code) == BPF_X ? m->x : in->k;
	u64 shifted = operand > 31 ? 0 : 1ULL << operand;

	switch (BPF_OP(in->code)) {
	case BPF_ADD: m->a = m->a + operand; break;
	case BPF_SUB: m->a = m->a - operand; break;
	case BPF_MUL: m->a = m->a * operand; break;
	case BPF_OR: m->a = m->a | operand; break;
	case BPF_AND: m->a = m->a & operand; break;
	case BPF_XOR: m->a = m->a ^ operand; break;
	case BPF_NEG: m->a = 0 - m->a; break;
	case BPF_LSH: m->a = (u32)(m->a * shifted); break;
	case BPF_RSH: m->a = shifted ? (u32)(m->a / shifted) : 0; break;
	case BPF_DIV:
	case BPF_MOD:
		if (!operand)
			return false;
		m->a = BPF_OP(in->code) == BPF_DIV ? m->a / operand : m->a % operand;
		break;
	}
	return true;
}

/* instructions to leave out */
static u32 jump(const struct bpf_model *m, const struct sock_filter *in)
{
	u32 operand = BPF_SRC(in->code) == BPF_X ? m->x : in->k;
	bool taken = false;

	switch (BPF_OP(in->code)) {
	case BPF_JA: return in->k;
	case BPF_JEQ: taken = m->a == operand; break;
	case BPF_JGT: taken = m->a > operand; break;
	case BPF_JGE: taken = m->a >= operand; break;
	case BPF_JSET: taken = (m->a & operand) != 0; break;
	}
	return taken ? in->jt : in->jf;
}

u32 bpf_model_run(struct bpf_model *m, const struct sock_filter *insns, const struct pfq_view *v)
{
	u32 pc;

	*m = (struct bpf_model){ .a = 0 };
	for (pc = 0;; pc++) {
		const struct sock_filter *in = &insns[pc];
		bool goes_on = true;

		m->steps++;
		switch (BPF_CLASS(in->code)) {
		case BPF_LD: goes_on = load_into_a(m, in, v); break;
		case BPF_LDX: goes_on = load_into_x(m, in, v); break;
		case BPF_ST: m->mem[in->k] = m->a; break;
		case BPF_STX: m->mem[in->k] = m->x; break;
		case BPF_ALU: goes_on = calculate(m, in); break;
		case BPF_JMP: pc += jump(m, in); break;
		case BPF_RET: return BPF_RVAL(in->code) == BPF_A ? m->a : in->k;
		case BPF_MISC:
			if (BPF_MISCOP(in->code) == BPF_TAX)
				m->x = m->a;
			else
				m->a = m->x;
			break;
		}
		if (!goes_on)
			return 0;
	}
}
