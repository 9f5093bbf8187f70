/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Classic BPF: the checker, each instruction, the ancillary loads, and what
 * pcap_compile() makes, against libpcap's own interpreter.
 */
#include <pcap/pcap.h>
#include <linux/filter.h>
#include "check.h"
#include "packets.h"
#include "core/filter.h"

static const struct ends ends = { 1, 2, 1234, 53, 0x1122 };

/* -errno, or 0 with *accepted */
static int run(const struct sock_filter *insns, unsigned int count, const struct pfq_view *v,
	       bool *accepted)
{
	struct pfq_filter *f = malloc(pfq_filter_size(count));
	int err;

	assert_non_null(f);
	err = pfq_filter_init(f, insns, count);
	if (!err)
		*accepted = pfq_filter_match(f, v);
	free(f);
	return err;
}

static bool match(const struct sock_filter *insns, unsigned int count, const struct pfq_view *v)
{
	bool accepted = false;

	assert_int_equal(run(insns, count, v, &accepted), 0);
	return accepted;
}

#define MATCH(v, ...)                                                                              \
	match((const struct sock_filter[]){ __VA_ARGS__ },                                         \
	      sizeof((const struct sock_filter[]){ __VA_ARGS__ }) / sizeof(struct sock_filter), v)

static int check(const struct sock_filter *insns, unsigned int count)
{
	struct pfq_view v = { .data = (const u8 *)"", .linktype = 1 };
	bool accepted;

	return run(insns, count, &v, &accepted);
}

#define CHECK(...)                                                                                 \
	check((const struct sock_filter[]){ __VA_ARGS__ },                                         \
	      sizeof((const struct sock_filter[]){ __VA_ARGS__ }) / sizeof(struct sock_filter))

#define RET(k)	BPF_STMT(BPF_RET | BPF_K, k)
#define RET_A	BPF_STMT(BPF_RET | BPF_A, 0)

/* does @insns, which leaves its result in A, give @want? */
#define GIVES(v, want, ...)                                                                        \
	MATCH(v, __VA_ARGS__, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, want, 0, 1), RET(1), RET(0))

/* --- checker ------------------------------------------------------------------- */

static void bad_programs_are_refused(void **state)
{
	struct sock_filter *many = calloc(PFQ_FILTER_MAX + 1, sizeof(*many));
	unsigned int i;

	(void)state;
	assert_non_null(many);
	assert_int_equal(check(NULL, 0), -EINVAL);
	for (i = 0; i <= PFQ_FILTER_MAX; i++)
		many[i] = (struct sock_filter)RET(1);
	assert_int_equal(check(many, PFQ_FILTER_MAX), 0);
	assert_int_equal(check(many, PFQ_FILTER_MAX + 1), -E2BIG);
	free(many);
	/* must end by returning */
	assert_int_equal(CHECK(BPF_STMT(BPF_LD | BPF_IMM, 1)), -EINVAL);
	assert_int_equal(CHECK(RET(1), BPF_STMT(BPF_LD | BPF_IMM, 1)), -EINVAL);
	assert_int_equal(CHECK(BPF_JUMP(BPF_JMP | BPF_JA, 0, 0, 0)), -EINVAL);
	/* jumps stay within */
	assert_int_equal(CHECK(BPF_JUMP(BPF_JMP | BPF_JA, 0, 0, 0), RET(1)), 0);
	assert_int_equal(CHECK(BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_JUMP(BPF_JMP | BPF_JA, 0xffffffff, 0, 0), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_JUMP(BPF_JMP | BPF_JEQ, 1, 0, 1), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_JUMP(BPF_JMP | BPF_JSET, 1, 1, 0), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_JUMP(BPF_JMP | BPF_JGE, 1, 0, 255), RET(1)), -EINVAL);
	/* scratch memory has 16 words */
	assert_int_equal(CHECK(BPF_STMT(BPF_ST, 15), RET(1)), 0);
	assert_int_equal(CHECK(BPF_STMT(BPF_ST, 16), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_STMT(BPF_STX, 16), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_STMT(BPF_LD | BPF_MEM, 16), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_STMT(BPF_LDX | BPF_MEM, 0xffffffff), RET(1)), -EINVAL);
	/* division by a constant 0 */
	assert_int_equal(CHECK(BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, 0), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0), RET(1)), 0);
	/* metadata that does not exist */
	assert_int_equal(CHECK(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_MAX), RET(1)),
			 -EINVAL);
	assert_int_equal(CHECK(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + 1), RET(1)), -EINVAL);
	assert_int_equal(CHECK(BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0xffffffff), RET(1)), -EINVAL);
	for (i = 0; i < SKF_AD_MAX; i += 4)
		assert_int_equal(CHECK(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + i), RET(1)), 0);
}

/* of all 65536 codes those that Linux takes, and no other */
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

#define LD(size, k)	BPF_STMT(BPF_LD | (size) | BPF_ABS, k)
#define IMM(k)		BPF_STMT(BPF_LD | BPF_IMM, k)
#define IMMX(k)		BPF_STMT(BPF_LDX | BPF_IMM, k)
#define IND(size, k)	BPF_STMT(BPF_LD | (size) | BPF_IND, k)

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
	/* a sum beyond 32 bits comes round, as in Linux */
	assert_true(GIVES(v, 0x03, IMMX(-2), IND(BPF_B, 4)));
	assert_true(GIVES(v, 1000, BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0)));
	assert_true(GIVES(v, 1000, BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0),
			  BPF_STMT(BPF_MISC | BPF_TXA, 0)));
	assert_true(GIVES(v, 20, BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 4),
			  BPF_STMT(BPF_MISC | BPF_TXA, 0)));
	assert_true(GIVES(v, 7, IMM(7), BPF_STMT(BPF_ST, 3), IMM(0), BPF_STMT(BPF_LD | BPF_MEM, 3)));
	assert_true(GIVES(v, 8, IMMX(8), BPF_STMT(BPF_STX, 15), IMMX(0),
			  BPF_STMT(BPF_LDX | BPF_MEM, 15), BPF_STMT(BPF_MISC | BPF_TXA, 0)));
	assert_true(GIVES(v, 9, IMM(9), BPF_STMT(BPF_MISC | BPF_TAX, 0), IMM(0),
			  BPF_STMT(BPF_MISC | BPF_TXA, 0)));
	/* nothing of one run is left to the next */
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

#define ALU(op, k)	BPF_STMT(BPF_ALU | (op) | BPF_K, k)
#define ALUX(op)	BPF_STMT(BPF_ALU | (op) | BPF_X, 0)

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
	/* division by zero rejects the packet */
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
		{ BPF_JGT, 0x80000000, 1, true }, /* no sign */
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
	/* the width of the load does not cut the value; libpcap uses all of them */
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
		u32 header;	/* bytes of the transport header */
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
	/* before either, and an index that comes to the metadata: no packet byte */
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

/* --- against libpcap ------------------------------------------------------------ */

static const char *const expressions[] = {
	"", "ip", "ip6", "arp", "tcp", "udp", "sctp", "icmp", "icmp6", "igmp", "rarp", "ah", "esp",
	"ip proto 47", "ip6 proto 17", "proto 17",
	"host 10.0.0.1", "src host 10.0.0.1", "dst host 10.0.0.1", "host 10.0.0.1 and 10.0.0.2",
	"net 10.0.0.0/8", "src net 10.0.0.0/24", "not net 10.0.0.0/8", "host 2001:db8::1",
	"net 2001:db8::/32", "src host 2001:db8::2", "port 53", "src port 1234", "dst port 1234",
	"tcp port 53", "udp port 53", "sctp port 53", "portrange 1000-1300", "src portrange 1-52",
	"tcp dst portrange 50-60", "not port 22", "port 53 or port 80", "tcp[tcpflags] & tcp-syn != 0",
	"tcp[13] = 0x18", "ip[0] & 0xf != 5", "ip[6:2] & 0x1fff = 0", "ip[6:2] & 0x3fff != 0",
	"ip[8] < 65 and ip[9] = 6", "ip6[6] = 17", "ip6[40] = 4", "ether[0] = 2", "ether[12:2] = 0x800",
	"ether proto 0x8847", "ether proto 0x86dd", "ether host 02:00:00:00:00:01",
	"ether src 02:00:00:00:00:01", "ether dst 02:00:00:00:00:02", "ether multicast", "broadcast",
	"ip multicast", "ip broadcast", "ip6 multicast", "less 80", "greater 80", "len > 60",
	"len - 14 >= ip[2:2]", "vlan", "vlan 100", "vlan 100 and ip", "vlan and vlan",
	"vlan 100 and vlan 101", "not vlan", "mpls", "mpls 16", "mpls and ip", "mpls and mpls",
	"pppoes", "pppoes and ip", "pppoes 7", "pppoed", "vlan and pppoes and ip", "llc", "llc i",
	"stp", "isis", "iso", "aarp", "atalk", "decnet src 10.1", "ipx", "netbeui",
	"udp[4:2] = 100", "udp[8:4] = 0x55667788", "udp[0:2] + udp[2:2] = 1287",
	"ip[2:2] * 2 > 100", "ip[2:2] / 4 = 15", "ip[2:2] % 7 = 3", "ip[12:4] ^ ip[16:4] = 3",
	"ip[0] << 2 = 0x114", "ip[0] >> 4 = 4", "ip[0] | 1 = 0x45", "1 << ip[8] = 0", "-ip[0] != 0",
	"ip[ip[0] & 0xf] = 0", "ether[len - 1] = 0x66", "ip[len] = 1", "ip[0] / (ip[1]) = 1",
	"ip[0] % ip[1] = 1", "tcp[0:2] = 1234 and tcp[2:2] = 53", "gateway 10.0.0.1",
	"icmp[icmptype] = icmp-echo", "icmp6[icmp6type] = icmp6-echo", 
	"(tcp or udp) and (src port 53 or dst port 53) and not net 192.168.0.0/16",
	"tcp and not (src net 10.0.0.0/30 and dst port 80) or (ip6 and udp port 53)",
	"ip and (ip[6:2] & 0x1fff != 0 or ip[6] & 0x20 != 0)", "geneve", "genbroad",
	"host 1.2.3.4 or host 10.0.0.2 or host 5.6.7.8 or host 2001:db8::2 or port 99 or vlan 3",
};

struct tally {
	u32 programs, packets, matches;
};

/* one program on every kind of packet, cut at several lengths */
static void compare(const char *expression, const struct bpf_program *prog, int linktype,
		    struct tally *tally)
{
	struct pfq_filter *f = malloc(pfq_filter_size(prog->bf_len));
	unsigned int i;
	u32 caplen;

	assert_non_null(f);
	check_case(expression, pfq_filter_init(f, (const void *)prog->bf_insns, prog->bf_len) == 0);
	tally->programs++;
	for (i = 0; i < packet_kinds_count; i++) {
		const struct packet_kind *k = &packet_kinds[i];
		struct packet p = { .len = 0 };

		if (k->linktype != linktype)
			continue;
		k->build(&p, &ends);
		for (caplen = 0; caplen <= p.len; caplen += caplen < 90 ? 1 : 13) {
			u8 *data = packet_exact(&p, caplen);
			struct pfq_view v = packet_view(k, &p, data, caplen);
			struct pcap_pkthdr hdr = { .caplen = caplen, .len = p.len };
			bool theirs = pcap_offline_filter(prog, &hdr, data) != 0;

			if (pfq_filter_match(f, &v) != theirs)
				fail_msg("\"%s\" on %s, %u bytes: libpcap says %d", expression,
					 k->name, caplen, theirs);
			tally->packets++;
			tally->matches += theirs;
			free(data);
		}
	}
	free(f);
}

static void agrees_with_libpcap(void **state)
{
	static const struct {
		int dlt, linktype;
	} links[] = { { DLT_EN10MB, PFQ_LINKTYPE_ETHERNET }, { DLT_RAW, PFQ_LINKTYPE_RAW } };
	struct tally tally = { 0 };
	u32 refused = 0;
	unsigned int l, i;
	int optimize;

	(void)state;
	for (l = 0; l < ARRAY_SIZE(links); l++) {
		pcap_t *p = pcap_open_dead(links[l].dlt, 262144);

		assert_non_null(p);
		for (i = 0; i < ARRAY_SIZE(expressions); i++) {
			for (optimize = 0; optimize < 2; optimize++) {
				struct bpf_program prog;

				if (pcap_compile(p, &prog, expressions[i], optimize, 0xff000000)) {
					refused++;	/* not for this link type */
					continue;
				}
				compare(expressions[i], &prog, links[l].linktype, &tally);
				pcap_freecode(&prog);
			}
		}
		pcap_close(p);
	}
	print_message("%u programs, %u refused by pcap_compile(), %u packets, %u matches\n",
		      tally.programs, refused, tally.packets, tally.matches);
	assert_true(tally.programs > 250);
	assert_true(tally.matches > tally.packets / 20);
}

/* these make loops, which Linux refuses too: libpcap then filters for itself */
static void loops_are_refused(void **state)
{
	static const char *const loops[] = { "ip6 protochain 6", "ip protochain 17" };
	pcap_t *p = pcap_open_dead(DLT_EN10MB, 262144);
	unsigned int i;

	(void)state;
	assert_non_null(p);
	for (i = 0; i < ARRAY_SIZE(loops); i++) {
		struct bpf_program prog;

		assert_int_equal(pcap_compile(p, &prog, loops[i], 1, 0), 0);
		check_case(loops[i], check((const void *)prog.bf_insns, prog.bf_len) == -EINVAL);
		pcap_freecode(&prog);
	}
	pcap_close(p);
}

/* a program of random instructions; indices are kept small, since libpcap's come round elsewhere */
static unsigned int random_program(struct sock_filter *in, u64 *random)
{
	static const u16 alu[] = { BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_OR, BPF_AND,
				   BPF_LSH, BPF_RSH, BPF_MOD, BPF_XOR };
	static const u16 jump[] = { BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET };
	static const u16 size[] = { BPF_W, BPF_H, BPF_B };
	unsigned int count = BPF_MEMWORDS + 4 + (unsigned int)(check_random(random) % 40), i;

	/* libpcap begins with whatever is in its scratch memory */
	for (i = 0; i < BPF_MEMWORDS; i++)
		in[i] = (struct sock_filter)BPF_STMT(BPF_ST, i);
	for (; i < count; i++) {
		u32 r = (u32)check_random(random), k = (u32)check_random(random) % 64;
		u32 left = count - i;
		u8 jt = (u8)(r / 7 % left), jf = (u8)(r / 11 % left);

		switch (r % 12) {
		case 0:
		case 1:
			in[i] = (struct sock_filter)LD(size[k % 3], k);
			break;
		case 2:
			in[i] = (struct sock_filter)BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, k);
			break;
		case 3:
			in[i] = (struct sock_filter)BPF_STMT(r & 16 ? BPF_ST : BPF_STX, k % 16);
			break;
		case 4:
			in[i] = (struct sock_filter)BPF_STMT((r & 16 ? BPF_LD : BPF_LDX) | BPF_MEM,
							     k % 16);
			break;
		case 5:
		case 6:
			in[i] = (struct sock_filter)ALU(alu[k % 10], r / 16 % 31 + 1);
			break;
		case 7:
			in[i] = (struct sock_filter)ALUX(alu[k % 10]);
			break;
		case 8:
			in[i] = (struct sock_filter)BPF_JUMP(BPF_JMP | jump[k % 4] |
								     (r & 16 ? BPF_X : BPF_K),
							     r / 16 % 256, jt, jf);
			break;
		case 9:
			in[i] = (struct sock_filter)BPF_STMT(BPF_MISC | (r & 16 ? BPF_TAX : BPF_TXA), 0);
			break;
		case 10:
			in[i] = (struct sock_filter)IMMX(k);
			break;
		case 11:
			in[i] = (struct sock_filter)BPF_STMT((r & 16 ? BPF_LD : BPF_LDX) | BPF_W |
								     BPF_LEN, 0);
			break;
		}
	}
	in[count] = (struct sock_filter)RET_A;
	return count + 1;
}

static void random_programs_agree_with_libpcap(void **state)
{
	struct sock_filter in[80];
	u64 random = 0x1234567;
	u32 n, accepted = 0;

	(void)state;
	for (n = 0; n < 300000; n++) {
		const struct packet_kind *k = &packet_kinds[n % packet_kinds_count];
		struct packet p = { .len = 0 };
		struct pfq_view v;
		unsigned int count = random_program(in, &random);
		u32 caplen;
		bool theirs, ours;

		k->build(&p, &ends);
		caplen = n % 3 ? p.len : (u32)check_random(&random) % p.len;
		v = packet_view(k, &p, p.data, caplen);
		assert_true(bpf_validate((const void *)in, (int)count));
		theirs = bpf_filter((const void *)in, p.data, p.len, caplen) != 0;
		assert_int_equal(run(in, count, &v, &ours), 0);
		assert_int_equal(ours, theirs);
		accepted += ours;
	}
	assert_in_range(accepted, n / 20, n - n / 20);
}

/* --- compiled for a live device: VLAN tests by metadata -------------------------- */

static void vlan_by_metadata(void **state)
{
	char text[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_create("lo", text);
	static const struct {
		const char *expression;
		bool tagged, untagged, other;	/* VLAN 5, none, VLAN 6 */
	} rows[] = {
		{ "vlan", true, false, true },	  { "vlan 5", true, false, false },
		{ "not vlan", false, true, false }, { "vlan 5 and tcp", true, false, false },
		{ "vlan and port 53", true, false, true }, { "tcp or vlan 6", true, true, true },
		{ "ether proto 0x0800", true, true, true }, { "ether proto 0x8100", false, false, false },
	};
	unsigned int i;

	(void)state;
	assert_non_null(p);
	if (pcap_activate(p) < 0) {
		pcap_close(p);
		skip();	/* needs CAP_NET_RAW */
	}
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bpf_program prog;
		struct packet packet = { .len = 0 };
		struct pfq_view v;

		assert_int_equal(pcap_compile(p, &prog, rows[i].expression, 1, 0), 0);
		packet_kind("ip4-tcp")->build(&packet, &ends);
		v = packet_view(packet_kind("ip4-tcp"), &packet, packet.data, packet.len);
		check_case(rows[i].expression,
			   match((const void *)prog.bf_insns, prog.bf_len, &v) == rows[i].untagged);
		v.flags = PFQ_REC_F_VLAN;
		v.tpid = 0x8100;
		v.tci = 0x2005;
		check_case(rows[i].expression,
			   match((const void *)prog.bf_insns, prog.bf_len, &v) == rows[i].tagged);
		v.tci = 0x2006;
		check_case(rows[i].expression,
			   match((const void *)prog.bf_insns, prog.bf_len, &v) == rows[i].other);
		pcap_freecode(&prog);
	}
	pcap_close(p);
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
		cmocka_unit_test(agrees_with_libpcap),
		cmocka_unit_test(loops_are_refused),
		cmocka_unit_test(random_programs_agree_with_libpcap),
		cmocka_unit_test(vlan_by_metadata),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
