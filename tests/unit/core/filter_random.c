/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Random programs on random packets: the filter agrees with the model. Where the kernel's
 * filters mean the same, it also agrees with a kernel socket's filter.
 */
#include <errno.h>
#include <sys/socket.h>
#include "tests/unit/fixture/bpf.h"
#include "tests/unit/fixture/bpf_model.h"
#include "tests/unit/fixture/packets.h"

#define PROGRAMS	20000
#define PACKETS		6	/* for each program */
#define INSNS_MAX	80
#define KERNEL_PROGRAMS	4000

static u64 random_state;

static u32 below(u32 n)
{
	return (u32)(check_random(&random_state) % n);
}

/* --- programs ------------------------------------------------------------------- */

struct program {
	struct sock_filter insn[INSNS_MAX];
	unsigned int count;
	bool plain;	/* the kernel accepts it, with the same meaning */
};

/* Mostly an offset within the packet, sometimes at its end or outside of it */
static u32 random_offset(bool plain)
{
	static const u32 odd[] = { (u32)SKF_NET_OFF, (u32)SKF_LL_OFF, (u32)SKF_AD_OFF,
				   (u32)SKF_NET_OFF + 9, (u32)SKF_LL_OFF + 12, 0x80000000,
				   0x7fffffff, 0x7ffffffd };

	switch (below(16)) {
	case 0: return plain ? below(300) : odd[below(ARRAY_SIZE(odd))];
	case 1: return below(300);
	default: return below(56);
	}
}

/* a constant as programs compare header fields with */
static u32 random_constant(void)
{
	static const u32 usual[] = { 0x800, 0x86dd, 0x8100, 6, 17, 53, 1234, 0x45, 0x1fff, 0x40,
				     0x0a000001, 0x0a000002, 0x20010db8, 0xffffff00, 0xf, 1 };

	switch (below(4)) {
	case 0: return (u32)check_random(&random_state);
	case 1: return below(256);
	default: return usual[below(ARRAY_SIZE(usual))];
	}
}

static struct sock_filter random_load(bool plain)
{
	static const u16 size[] = { BPF_W, BPF_H, BPF_B };
	u32 kind = below(plain ? 9 : 10);

	/* The modulo turns SKF_AD_OFF into 0: only the last kind below loads metadata. */
	if (kind < 5)
		return (struct sock_filter)LD(size[below(3)],
					      random_offset(plain) % (u32)SKF_AD_OFF);
	if (kind < 7)
		return (struct sock_filter)IND(size[below(3)], random_offset(plain));
	if (kind < 9)
		return (struct sock_filter)BPF_STMT(BPF_LDX | BPF_B | BPF_MSH,
						    random_offset(plain));
	return (struct sock_filter)LD(size[below(3)],
				      (u32)SKF_AD_OFF + below(SKF_AD_MAX / 4) * 4);
}

static struct sock_filter random_alu(bool plain)
{
	static const u16 op[] = { BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_MOD, BPF_OR,
				  BPF_AND, BPF_AND, BPF_XOR, BPF_LSH, BPF_RSH };
	u16 chosen = op[below(ARRAY_SIZE(op))];
	bool shift = chosen == BPF_LSH || chosen == BPF_RSH;

	if (below(12) == 0)
		return (struct sock_filter)BPF_STMT(BPF_ALU | BPF_NEG, 0);
	if (below(3) == 0 && !(plain && shift))
		return (struct sock_filter)ALUX(chosen);
	if (shift)
		return (struct sock_filter)ALU(chosen, below(plain ? 32 : 40));
	return (struct sock_filter)ALU(chosen, random_constant() | (chosen <= BPF_MOD));
}

/*
 * A jump with @left instructions after it. It prefers near targets, so that much of the
 * program runs.
 */
static struct sock_filter random_jump(u32 left)
{
	static const u16 op[] = { BPF_JEQ, BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET };
	u8 jt = (u8)below(below(4) ? min_t(u32, left, 4) : left);
	u8 jf = (u8)below(below(4) ? min_t(u32, left, 4) : left);

	if (below(12) == 0)
		return (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, jt);
	return (struct sock_filter)BPF_JUMP(BPF_JMP | op[below(5)] | (below(4) ? BPF_K : BPF_X),
					    random_constant(), jt, jf);
}

static struct sock_filter random_move(void)
{
	switch (below(9)) {
	case 0: return (struct sock_filter)BPF_STMT(BPF_ST, below(BPF_MEMWORDS));
	case 1: return (struct sock_filter)BPF_STMT(BPF_STX, below(BPF_MEMWORDS));
	case 2: return (struct sock_filter)BPF_STMT(BPF_LD | BPF_MEM, below(BPF_MEMWORDS));
	case 3: return (struct sock_filter)BPF_STMT(BPF_LDX | BPF_MEM, below(BPF_MEMWORDS));
	case 4: return (struct sock_filter)BPF_STMT(BPF_MISC | BPF_TAX, 0);
	case 5: return (struct sock_filter)BPF_STMT(BPF_MISC | BPF_TXA, 0);
	case 6: return (struct sock_filter)BPF_STMT((below(2) ? BPF_LD : BPF_LDX) | BPF_W | BPF_LEN,
						    0);
	case 7: return (struct sock_filter)IMM(random_constant());
	default: return (struct sock_filter)IMMX(below(64));
	}
}

/*
 * A random program. Its end mixes X and some of the scratch memory into A, compares A, and
 * returns 1 or 0.
 */
static void random_program(struct program *p, bool plain)
{
	static const struct sock_filter end[] = {
		ALUX(BPF_XOR), BPF_STMT(BPF_LDX | BPF_MEM, 3), ALUX(BPF_ADD),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), RET(1), RET(0),
	};
	u32 body = 1 + below(INSNS_MAX - BPF_MEMWORDS - ARRAY_SIZE(end)), i = 0, r;

	p->plain = plain;
	p->count = body + ARRAY_SIZE(end);
	/* The kernel refuses to read scratch memory that may not have been written. */
	for (; plain && i < BPF_MEMWORDS; i++, p->count++)
		p->insn[i] = (struct sock_filter)BPF_STMT(BPF_ST, i);
	for (; i < p->count - ARRAY_SIZE(end); i++) {
		r = below(32);
		if (r < 13)
			p->insn[i] = random_load(plain);
		else if (r < 22)
			p->insn[i] = random_jump(p->count - i - 1);
		else if (r < 26)
			p->insn[i] = random_alu(plain);
		else if (r < 31)
			p->insn[i] = random_move();
		else
			p->insn[i] = (struct sock_filter)RET(below(2));
		if (r == 31 && below(2))
			p->insn[i] = (struct sock_filter)RET_A;
	}
	memcpy(&p->insn[i], end, sizeof(end));
}

/* --- packets -------------------------------------------------------------------- */

/* A random packet. The caller frees @data, which comes from packet_exact(). */
static struct pfq_view random_packet(u8 **data)
{
	const struct packet_kind *k = &packet_kinds[below(packet_kinds_count)];
	struct ends ends = { 1 + below(3), 1 + below(3), 1234, 53, below(3) };
	struct packet p = { .len = 0 };
	struct pfq_view v;
	u32 caplen;

	k->build(&p, &ends);
	caplen = below(3) ? p.len : below(p.len + 1);
	*data = packet_exact(&p, caplen);
	v = packet_view(k, &p, *data, caplen);
	v.flags = below(2) ? PFQ_REC_F_VLAN : 0;
	v.tci = (u16)below(0x10000);
	v.tpid = 0x8100;
	v.rxhash = below(2);
	return v;
}

/* --- against the model ------------------------------------------------------------ */

struct tally {
	u32 runs, accepted, to_the_end, cut, steps;
};

static void compare(const struct program *p, const struct pfq_view *v, struct tally *tally)
{
	struct bpf_model m;
	u32 says = bpf_model_run(&m, p->insn, v);

	if (m.unsteady)
		return;
	if (bpf_match(p->insn, p->count, v) != (says != 0))
		fail_msg("program %u, %u bytes: the model says %#x", tally->runs, v->caplen, says);
	tally->runs++;
	tally->accepted += says != 0;
	tally->cut += v->caplen < v->len;
	tally->steps += m.steps;
}

/*
 * Compare twice. First the last comparison is with A's final value, so the program accepts;
 * then with another value.
 */
static void compare_end(struct program *p, const struct pfq_view *v, struct tally *tally)
{
	struct sock_filter *jump = &p->insn[p->count - 3];
	struct bpf_model m;

	bpf_model_run(&m, p->insn, v);
	jump->k = m.a;
	compare(p, v, tally);
	if (bpf_model_run(&m, p->insn, v) == 1)
		tally->to_the_end++;
	jump->k = m.a ^ 1U << below(32);
	compare(p, v, tally);
}

static void agrees_with_the_model(void **state)
{
	struct tally tally = { 0 };
	struct program p;
	u32 i, k;

	(void)state;
	random_state = 20;
	for (i = 0; i < PROGRAMS; i++) {
		random_program(&p, i % 2);
		for (k = 0; k < PACKETS; k++) {
			u8 *data;
			struct pfq_view v = random_packet(&data);

			compare_end(&p, &v, &tally);
			free(data);
		}
	}
	print_message("%u runs, %u accepted, %u of them at the end, %u of cut packets, %u steps\n",
		      tally.runs, tally.accepted, tally.to_the_end, tally.cut, tally.steps);
	/* Otherwise the comparison would show little. */
	assert_in_range(tally.accepted, tally.runs / 10, tally.runs * 9 / 10);
	assert_true(tally.to_the_end > PROGRAMS / 4);
	assert_true(tally.cut > tally.runs / 10);
}

/* --- against the kernel ------------------------------------------------------------ */

/* Return the bytes of @v that a socket with filter @p receives; -1: the filter refuses it. */
static int kernel_passes(int from, int to, const struct program *p, const struct pfq_view *v)
{
	struct sock_fprog prog = { (unsigned short)p->count, (struct sock_filter *)p->insn };
	u8 buffer[PACKET_BYTES_MAX];
	ssize_t n;

	assert_int_equal(setsockopt(to, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)), 0);
	n = send(from, v->data, v->caplen, MSG_DONTWAIT);
	assert_true(n >= 0 || errno == EPERM);
	n = recv(to, buffer, sizeof(buffer), MSG_DONTWAIT);
	assert_true(n >= 0 || errno == EAGAIN);
	return (int)n;
}

static void agrees_with_the_kernel(void **state)
{
	u32 i, runs = 0, accepted = 0;
	struct bpf_model m;
	struct program p;
	int fd[2];

	(void)state;
	random_state = 21;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd), 0);
	for (i = 0; i < KERNEL_PROGRAMS; i++) {
		u8 *data;
		struct pfq_view v = random_packet(&data);

		random_program(&p, true);
		/* The socket knows no other length than that of its bytes. */
		v.len = v.caplen;
		bpf_model_run(&m, p.insn, &v);
		p.insn[p.count - 3].k = m.a;
		if (v.caplen && !m.negative) {
			bool theirs = kernel_passes(fd[0], fd[1], &p, &v) >= 0;

			if (bpf_match(p.insn, p.count, &v) != theirs)
				fail_msg("program %u, %u bytes: the kernel says %d", i, v.caplen,
					 theirs);
			runs++;
			accepted += theirs;
		}
		free(data);
	}
	close(fd[0]);
	close(fd[1]);
	print_message("%u runs, %u accepted\n", runs, accepted);
	assert_true(runs > KERNEL_PROGRAMS * 3 / 4);
	assert_in_range(accepted, runs / 10, runs * 9 / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_the_model),
		cmocka_unit_test(agrees_with_the_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
