/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests classic BPF: the checker, each instruction, the ancillary loads. */
#include "tests/unit/fixture/bpf.h"
#include "tests/unit/fixture/packets.h"

static const struct ends ends = { 1, 2, 1234, 53, 0x1122 };

/* --- checker ------------------------------------------------------------------- */

static void bad_programs_are_refused(void **state)
{
	struct sock_filter *many = calloc(PFQ_FILTER_MAX + 1, sizeof(*many));
	unsigned int i;

	(void)state;
	assert_non_null(many);
	assert_int_equal(bpf_check(NULL, 0), -EINVAL);
	for (i = 0; i <= PFQ_FILTER_MAX; i++)
		many[i] = (struct sock_filter)RET(1);
	assert_int_equal(bpf_check(many, PFQ_FILTER_MAX), 0);
	assert_int_equal(bpf_check(many, PFQ_FILTER_MAX + 1), -E2BIG);
	free(many);
	/* A program must end with a return. */
	assert_int_equal(CHECK(BPF_STMT(BPF_LD | BPF_IMM, 1)), -EINVAL);
	assert_int_equal(CHECK(RET(1), BPF_STMT(BPF_LD | BPF_IMM, 1)), -EINVAL);
	assert_int_equal(CHECK(BPF_JUMP(BPF_JMP | BPF_JA, 0, 0, 0)), -EINVAL);
	/* Jumps stay within the program. */
	assert_int_equal(CHECK(BPF_JUMP(BPF_JMP | BPF_JA, 0, 0, 0), RET(1)), 0);
	assert_int_equal(CHECK(BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_JUMP(BPF_JMP | BPF_JA, 0xffffffff, 0, 0), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_JUMP(BPF_JMP | BPF_JEQ, 1, 0, 1), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_JUMP(BPF_JMP | BPF_JSET, 1, 1, 0), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_JUMP(BPF_JMP | BPF_JGE, 1, 0, 255), RET(1)), -EINVAL);
	/* Scratch memory has 16 words. */
	assert_int_equal(CHECK(BPF_STMT(BPF_ST, 15), RET(1)), 0);
	assert_int_equal(CHECK(BPF_STMT(BPF_ST, 16), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_STMT(BPF_STX, 16), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_STMT(BPF_LD | BPF_MEM, 16), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_STMT(BPF_LDX | BPF_MEM, 0xffffffff), RET(1)), -EINVAL);
	/* Division by a constant 0 is refused. */
	assert_int_equal(CHECK(BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, 0), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0), RET(1)), 0);
	/* Metadata that does not exist is refused. */
	assert_int_equal(CHECK(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_MAX), RET(1)),
			 -EINVAL);
	assert_int_equal(CHECK(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + 1), RET(1)),
			 -EINVAL);
	assert_int_equal(CHECK(BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0xffffffff), RET(1)), -EINVAL);
	for (i = 0; i < SKF_AD_MAX; i += 4)
		assert_int_equal(CHECK(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + i), RET(1)),
				 0);
}

/* Of all 65536 codes, exactly those that Linux accepts are accepted. */
static void unknown_codes_are_refused(void **state)
{
	u32 code, taken = 0;

	(void)state;
	for (code = 0; code <= 0xffff; code++)
		taken += CHECK({ (u16)code, 0, 0, 1 }, RET(1), RET(1)) == 0;
	assert_int_equal(taken, 49);
	assert_int_equal(CHECK(BPF_STMT(BPF_RET | BPF_X, 0), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_STMT(BPF_LD | 0x18 | BPF_ABS, 0), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_STMT(BPF_LDX | BPF_W | BPF_ABS, 0), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_STMT(BPF_ALU | 0xb0, 1), RET(1)), -EINVAL);
}

static void no_filter_accepts(void **state)
{
	struct pfq_view v = { .caplen = 0 };

	(void)state;
	assert_true(pfq_filter_match(NULL, &v));
}

/* --- instructions --------------------------------------------------------------- */

static const u8 bytes[] = { 0x01, 0x82, 0x03, 0x84, 0x45, 0x06, 0x07, 0x08, 0x09, 0x0a,
			    0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14 };
static struct pfq_view simple = {
	.data = bytes, .caplen = sizeof(bytes), .len = 1000, .linktype = PFQ_LINKTYPE_ETHERNET
};

static void loads(void **state)
{
	struct pfq_view *v = &simple;

	(void)state;
	assert_true(GIVES(v, 0x01820384, LD(BPF_W, 0)));
	assert_true(GIVES(v, 0x8203, LD(BPF_H, 1)));
	assert_true(GIVES(v, 0x84, LD(BPF_B, 3)));
	assert_true(GIVES(v, 0x11121314, LD(BPF_W, 16)));
	assert_true(GIVES(v, 0x09, IMMX(5), IND(BPF_B, 3)));
	assert_true(GIVES(v, 0x0a0b, IMMX(5), IND(BPF_H, 4)));
	assert_true(GIVES(v, 0x0a0b0c0d, IMMX(9), IND(BPF_W, 0)));
	/* An offset above 32 bits wraps, as in Linux. */
	assert_true(GIVES(v, 0x03, IMMX(-2), IND(BPF_B, 4)));
	assert_true(GIVES(v, 1000, BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0)));
	assert_true(GIVES(v, 1000, BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0),
			  BPF_STMT(BPF_MISC | BPF_TXA, 0)));
	assert_true(GIVES(v, 20, BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 4),
			  BPF_STMT(BPF_MISC | BPF_TXA, 0)));
	assert_true(
		GIVES(v, 7, IMM(7), BPF_STMT(BPF_ST, 3), IMM(0), BPF_STMT(BPF_LD | BPF_MEM, 3)));
	assert_true(GIVES(v, 8, IMMX(8), BPF_STMT(BPF_STX, 15), IMMX(0),
			  BPF_STMT(BPF_LDX | BPF_MEM, 15), BPF_STMT(BPF_MISC | BPF_TXA, 0)));
	assert_true(GIVES(v, 9, IMM(9), BPF_STMT(BPF_MISC | BPF_TAX, 0), IMM(0),
			  BPF_STMT(BPF_MISC | BPF_TXA, 0)));
	/* The scratch memory of one run is not visible in the next. */
	assert_true(GIVES(v, 0, BPF_STMT(BPF_LD | BPF_MEM, 3)));
}

static void loads_beyond_caplen_reject(void **state)
{
	static const struct {
		u16 size, bytes;
	} sizes[] = { { BPF_B, 1 }, { BPF_H, 2 }, { BPF_W, 4 } };
	unsigned int s;
	u32 k, caplen;

	(void)state;
	for (s = 0; s < 3; s++) {
		for (caplen = 0; caplen <= sizeof(bytes); caplen++) {
			struct pfq_view v = simple;
			u8 *data = malloc(caplen);

			if (caplen)
				memcpy(data, bytes, caplen);
			v.data = data;
			v.caplen = caplen;
			for (k = 0; k < 24; k++) {
				bool fits = k + sizes[s].bytes <= caplen;

				assert_int_equal(MATCH(&v, LD(sizes[s].size, k), RET(1)), fits);
				assert_int_equal(MATCH(&v, IMMX(k), IND(sizes[s].size, 0), RET(1)),
						 fits);
				assert_int_equal(MATCH(&v, BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, k),
						       RET(1)),
						 k < caplen);
			}
			assert_false(MATCH(&v, LD(sizes[s].size, 0x7fffffff), RET(1)));
			assert_false(MATCH(&v, IMMX(0xffffffff), IND(sizes[s].size, 0), RET(1)));
			free(data);
		}
	}
}

static void arithmetic(void **state)
{
	static const struct {
		u16 op;
		u32 a, b, result;
	} rows[] = {
		{ BPF_ADD, 0xffffffff, 2, 1 },	     { BPF_SUB, 1, 2, 0xffffffff },
		{ BPF_MUL, 0x10000, 0x10001, 0x10000 }, { BPF_DIV, 7, 2, 3 },
		{ BPF_DIV, 0xffffffff, 0x80000000, 1 }, { BPF_MOD, 7, 4, 3 },
		{ BPF_OR, 0xf0, 0x0f, 0xff },	     { BPF_AND, 0xf8, 0x1f, 0x18 },
		{ BPF_XOR, 0xff, 0x0f, 0xf0 },	     { BPF_LSH, 1, 31, 0x80000000 },
		{ BPF_LSH, 1, 32, 0 },		     { BPF_RSH, 0x80000000, 31, 1 },
		{ BPF_RSH, 0x80000000, 33, 0 },	     { BPF_LSH, 3, 0, 3 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_true(GIVES(&simple, rows[i].result, IMM(rows[i].a),
				  ALU(rows[i].op, rows[i].b)));
		assert_true(GIVES(&simple, rows[i].result, IMM(rows[i].a), IMMX(rows[i].b),
				  ALUX(rows[i].op)));
	}
	assert_true(GIVES(&simple, 0xfffffffb, IMM(5), BPF_STMT(BPF_ALU | BPF_NEG, 0)));
	/* Division by zero rejects the packet. */
	assert_false(MATCH(&simple, IMM(5), IMMX(0), ALUX(BPF_DIV), RET(1)));
	assert_false(MATCH(&simple, IMM(5), IMMX(0), ALUX(BPF_MOD), RET(1)));
	assert_true(MATCH(&simple, IMM(5), IMMX(2), ALUX(BPF_MOD), RET_A));
	assert_false(MATCH(&simple, IMM(0), RET_A));
}

static void jumps(void **state)
{
	static const struct {
		u16 op;
		u32 a, b;
		bool taken;
	} rows[] = {
		{ BPF_JEQ, 5, 5, true },   { BPF_JEQ, 5, 6, false },
		{ BPF_JGT, 6, 5, true },   { BPF_JGT, 5, 5, false },
		{ BPF_JGT, 0x80000000, 1, true }, /* unsigned */
		{ BPF_JGE, 5, 5, true },   { BPF_JGE, 4, 5, false },
		{ BPF_JSET, 6, 4, true },  { BPF_JSET, 6, 9, false },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(MATCH(&simple, IMM(rows[i].a),
				       BPF_JUMP(BPF_JMP | rows[i].op | BPF_K, rows[i].b, 1, 0),
				       RET(0), RET(1)),
				 rows[i].taken);
		assert_int_equal(MATCH(&simple, IMM(rows[i].a), IMMX(rows[i].b),
				       BPF_JUMP(BPF_JMP | rows[i].op | BPF_X, 0, 0, 1), RET(1),
				       RET(0)),
				 rows[i].taken);
	}
	assert_true(MATCH(&simple, BPF_JUMP(BPF_JMP | BPF_JA, 2, 0, 0), RET(0), RET(0), RET(1)));
}

/* --- metadata ------------------------------------------------------------------- */

#define AD(kind)	LD(BPF_W, SKF_AD_OFF + (kind))

static void ancillary_loads(void **state)
{
	struct pfq_view v = simple;
	static const u16 sizes[] = { BPF_B, BPF_H, BPF_W };
	unsigned int i;

	(void)state;
	v.protocol = 0x86dd;
	v.pkttype = 4;
	v.ifindex = 0x10007;
	v.queue = 3;
	v.rxhash = 0xdeadbeef;
	v.tci = 0xe005;
	v.tpid = 0x88a8;
	assert_true(GIVES(&v, 0x86dd, AD(SKF_AD_PROTOCOL)));
	assert_true(GIVES(&v, 4, AD(SKF_AD_PKTTYPE)));
	assert_true(GIVES(&v, 0x10007, AD(SKF_AD_IFINDEX)));
	assert_true(GIVES(&v, 4, AD(SKF_AD_QUEUE)));
	assert_true(GIVES(&v, 0xdeadbeef, AD(SKF_AD_RXHASH)));
	assert_true(GIVES(&v, 1, AD(SKF_AD_HATYPE)));
	assert_true(GIVES(&v, 0, AD(SKF_AD_MARK)));
	assert_true(GIVES(&v, 0, IMM(0), IMMX(1), AD(SKF_AD_NLATTR)));
	assert_true(GIVES(&v, 0, IMM(0), IMMX(1), AD(SKF_AD_NLATTR_NEST)));
	assert_true(GIVES(&v, 0xf0, IMM(0xff), IMMX(0x0f), AD(SKF_AD_ALU_XOR_X)));
	v.queue = PFQ_QUEUE_UNKNOWN;
	assert_true(GIVES(&v, 0, AD(SKF_AD_QUEUE)));
	v.linktype = PFQ_LINKTYPE_RAW;
	assert_true(GIVES(&v, 0xfffe, AD(SKF_AD_HATYPE)));
	/* A load returns the whole value, whatever its width; libpcap uses all widths. */
	for (i = 0; i < 3; i++) {
		v.flags = 0;
		assert_true(GIVES(&v, 0, LD(sizes[i], SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT)));
		assert_true(GIVES(&v, 0, LD(sizes[i], SKF_AD_OFF + SKF_AD_VLAN_TAG)));
		assert_true(GIVES(&v, 0, LD(sizes[i], SKF_AD_OFF + SKF_AD_VLAN_TPID)));
		v.flags = PFQ_REC_F_VLAN;
		assert_true(GIVES(&v, 1, LD(sizes[i], SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT)));
		assert_true(GIVES(&v, 0xe005, LD(sizes[i], SKF_AD_OFF + SKF_AD_VLAN_TAG)));
		assert_true(GIVES(&v, 0x88a8, LD(sizes[i], SKF_AD_OFF + SKF_AD_VLAN_TPID)));
	}
}

static void cpu_and_random(void **state)
{
	u32 n, set = 0;

	(void)state;
	assert_true(MATCH(&simple, AD(SKF_AD_CPU), BPF_JUMP(BPF_JMP | BPF_JGE, 4096, 1, 0), RET(1),
			  RET(0)));
	for (n = 0; n < 10000; n++)
		set += MATCH(&simple, AD(SKF_AD_RANDOM), BPF_JUMP(BPF_JMP | BPF_JSET, 0x400, 0, 1),
			     RET(1), RET(0));
	assert_in_range(set, 4700, 5300);
}

static void payload_offset(void **state)
{
	static const struct {
		const char *kind;
		u32 header;	/* length of the transport header */
	} rows[] = {
		{ "ip4-tcp", 20 },  { "ip4-udp", 8 },	 { "ip4-udplite", 8 }, { "ip4-sctp", 12 },
		{ "ip4-dccp", 12 }, { "ip4-icmp", 8 },	 { "ip4-gre", 0 },     { "ip6-tcp", 20 },
		{ "ip6-icmp", 8 },  { "ip6-many", 8 },	 { "tag-8100", 20 },   { "mpls-ip6", 8 },
		{ "ip4-first", 8 }, { "ip4-middle", 0 }, { "ip6-last", 0 },    { "raw-ip4", 20 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct packet_kind *k = packet_kind(rows[i].kind);
		struct packet p = { .len = 0 };
		struct pfq_view v;

		k->build(&p, &ends);
		v = packet_view(k, &p, p.data, p.len);
		check_case(k->name, GIVES(&v, p.l4 + rows[i].header, AD(SKF_AD_PAY_OFFSET)));
		assert_int_equal(v.flow.parsed, 0);
	}
	assert_true(GIVES(&simple, 0, AD(SKF_AD_PAY_OFFSET)));
}

static void negative_offsets(void **state)
{
	struct pfq_view v = simple;

	(void)state;
	assert_true(GIVES(&v, 0x01820384, LD(BPF_W, SKF_LL_OFF)));
	assert_true(GIVES(&v, 0x11121314, LD(BPF_W, SKF_LL_OFF + 16)));
	assert_false(MATCH(&v, LD(BPF_W, SKF_LL_OFF + 17), RET(1)));
	assert_true(GIVES(&v, 0x0f10, LD(BPF_H, SKF_NET_OFF)));
	assert_true(GIVES(&v, 0x14, LD(BPF_B, SKF_NET_OFF + 5)));
	assert_false(MATCH(&v, LD(BPF_B, SKF_NET_OFF + 6), RET(1)));
	assert_true(GIVES(&v, 0x10, IMMX(SKF_NET_OFF), IND(BPF_B, 1)));
	assert_true(GIVES(&v, 0x3c, BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, SKF_NET_OFF),
			  BPF_STMT(BPF_MISC | BPF_TXA, 0)));
	/*
	 * An offset before both areas, or an index that reaches the metadata, reads no
	 * packet byte.
	 */
	assert_false(MATCH(&v, LD(BPF_B, SKF_LL_OFF - 1), RET(1)));
	assert_false(MATCH(&v, LD(BPF_B, 0x80000000), RET(1)));
	assert_false(MATCH(&v, IMMX(SKF_AD_OFF), IND(BPF_B, 0), RET(1)));
	v.linktype = PFQ_LINKTYPE_RAW;
	assert_true(GIVES(&v, 0x0182, LD(BPF_H, SKF_NET_OFF)));
	v.linktype = 113;
	assert_false(MATCH(&v, LD(BPF_H, SKF_NET_OFF), RET(1)));
	v.caplen = 0;
	assert_false(MATCH(&v, LD(BPF_B, SKF_LL_OFF), RET(1)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_programs_are_refused),
		cmocka_unit_test(unknown_codes_are_refused),
		cmocka_unit_test(no_filter_accepts),
		cmocka_unit_test(loads),
		cmocka_unit_test(loads_beyond_caplen_reject),
		cmocka_unit_test(arithmetic),
		cmocka_unit_test(jumps),
		cmocka_unit_test(ancillary_loads),
		cmocka_unit_test(cpu_and_random),
		cmocka_unit_test(payload_offset),
		cmocka_unit_test(negative_offsets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
