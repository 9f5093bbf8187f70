/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Compares the filter with libpcap's own interpreter, on programs of pcap_compile() and
 * random ones.
 */
#include <pcap/pcap.h>
#include "tests/unit/fixture/bpf.h"
#include "tests/unit/fixture/packets.h"

static const struct ends ends = { 1, 2, 1234, 53, 0x1122 };

static const char *const expressions[] = {
	"", "ip", "ip6", "arp", "tcp", "udp", "sctp", "icmp", "icmp6", "igmp", "rarp", "ah",
	"esp", "ip proto 47", "ip6 proto 17", "proto 17", "host 10.0.0.1", "src host 10.0.0.1",
	"dst host 10.0.0.1", "host 10.0.0.1 and 10.0.0.2", "net 10.0.0.0/8",
	"src net 10.0.0.0/24", "not net 10.0.0.0/8", "host 2001:db8::1", "net 2001:db8::/32",
	"src host 2001:db8::2", "port 53", "src port 1234", "dst port 1234", "tcp port 53",
	"udp port 53", "sctp port 53", "portrange 1000-1300", "src portrange 1-52",
	"tcp dst portrange 50-60", "not port 22", "port 53 or port 80",
	"tcp[tcpflags] & tcp-syn != 0", "tcp[13] = 0x18", "ip[0] & 0xf != 5",
	"ip[6:2] & 0x1fff = 0", "ip[6:2] & 0x3fff != 0", "ip[8] < 65 and ip[9] = 6",
	"ip6[6] = 17", "ip6[40] = 4", "ether[0] = 2", "ether[12:2] = 0x800",
	"ether proto 0x8847", "ether proto 0x86dd", "ether host 02:00:00:00:00:01",
	"ether src 02:00:00:00:00:01", "ether dst 02:00:00:00:00:02", "ether multicast",
	"broadcast", "ip multicast", "ip broadcast", "ip6 multicast", "less 80", "greater 80",
	"len > 60", "len - 14 >= ip[2:2]", "vlan", "vlan 100", "vlan 100 and ip",
	"vlan and vlan", "vlan 100 and vlan 101", "not vlan", "mpls", "mpls 16", "mpls and ip",
	"mpls and mpls", "pppoes", "pppoes and ip", "pppoes 7", "pppoed",
	"vlan and pppoes and ip", "llc", "llc i", "stp", "isis", "iso", "aarp", "atalk",
	"decnet src 10.1", "ipx", "netbeui", "udp[4:2] = 100", "udp[8:4] = 0x55667788",
	"udp[0:2] + udp[2:2] = 1287", "ip[2:2] * 2 > 100", "ip[2:2] / 4 = 15", "ip[2:2] % 7 = 3",
	"ip[12:4] ^ ip[16:4] = 3", "ip[0] << 2 = 0x114", "ip[0] >> 4 = 4", "ip[0] | 1 = 0x45",
	"1 << ip[8] = 0", "-ip[0] != 0", "ip[ip[0] & 0xf] = 0", "ether[len - 1] = 0x66",
	"ip[len] = 1", "ip[0] / (ip[1]) = 1", "ip[0] % ip[1] = 1",
	"tcp[0:2] = 1234 and tcp[2:2] = 53", "gateway 10.0.0.1", "icmp[icmptype] = icmp-echo",
	"icmp6[icmp6type] = icmp6-echo",
	"(tcp or udp) and (src port 53 or dst port 53) and not net 192.168.0.0/16",
	"tcp and not (src net 10.0.0.0/30 and dst port 80) or (ip6 and udp port 53)",
	"ip and (ip[6:2] & 0x1fff != 0 or ip[6] & 0x20 != 0)", "geneve", "genbroad",
	"host 1.2.3.4 or host 10.0.0.2 or host 5.6.7.8 or host 2001:db8::2 or port 99 or vlan 3",
};

struct tally {
	u32 programs, packets, matches;
};

/* Compare one program on packets of every kind, cut at several lengths. */
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
					refused++;	/* not possible for this link type */
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

/*
 * These expressions compile to loops, which Linux refuses too. libpcap then filters in user
 * space.
 */
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
		check_case(loops[i],
			   bpf_check((const void *)prog.bf_insns, prog.bf_len) == -EINVAL);
		pcap_freecode(&prog);
	}
	pcap_close(p);
}

/* A random instruction. @left: number of instructions up to the end of the program. */
static struct sock_filter random_insn(u64 *random, u32 left)
{
	static const u16 alu[] = { BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_OR, BPF_AND,
				   BPF_LSH, BPF_RSH, BPF_MOD, BPF_XOR };
	static const u16 jump[] = { BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET };
	static const u16 size[] = { BPF_W, BPF_H, BPF_B };
	u32 r = (u32)check_random(random), k = (u32)check_random(random) % 64;
	u8 jt = (u8)(r / 7 % left), jf = (u8)(r / 11 % left);

	switch (r % 12) {
	case 0:
	case 1:
		return (struct sock_filter)LD(size[k % 3], k);
	case 2:
		return (struct sock_filter)BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, k);
	case 3:
		return (struct sock_filter)BPF_STMT(r & 16 ? BPF_ST : BPF_STX, k % 16);
	case 4:
		return (struct sock_filter)BPF_STMT((r & 16 ? BPF_LD : BPF_LDX) | BPF_MEM, k % 16);
	case 5:
	case 6:
		return (struct sock_filter)ALU(alu[k % 10], r / 16 % 31 + 1);
	case 7:
		return (struct sock_filter)ALUX(alu[k % 10]);
	case 8:
		return (struct sock_filter)BPF_JUMP(BPF_JMP | jump[k % 4] |
							    (r & 16 ? BPF_X : BPF_K),
						    r / 16 % 256, jt, jf);
	case 9:
		return (struct sock_filter)BPF_STMT(BPF_MISC | (r & 16 ? BPF_TAX : BPF_TXA), 0);
	case 10:
		return (struct sock_filter)IMMX(k);
	default:
		return (struct sock_filter)BPF_STMT((r & 16 ? BPF_LD : BPF_LDX) | BPF_W | BPF_LEN,
						    0);
	}
}

/* Write a random program. Its indices are small, because libpcap wraps large ones differently. */
static unsigned int random_program(struct sock_filter *in, u64 *random)
{
	unsigned int count = BPF_MEMWORDS + 4 + (unsigned int)(check_random(random) % 40), i;

	/* libpcap does not initialise its scratch memory, so the program does. */
	for (i = 0; i < BPF_MEMWORDS; i++)
		in[i] = (struct sock_filter)BPF_STMT(BPF_ST, i);
	for (; i < count; i++)
		in[i] = random_insn(random, count - i);
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
		bool theirs, ours = false;

		k->build(&p, &ends);
		caplen = n % 3 ? p.len : (u32)check_random(&random) % p.len;
		v = packet_view(k, &p, p.data, caplen);
		assert_true(bpf_validate((const void *)in, (int)count));
		theirs = bpf_filter((const void *)in, p.data, p.len, caplen) != 0;
		assert_int_equal(bpf_run(in, count, &v, &ours), 0);
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
		bool tagged, untagged, other;	/* accepts VLAN 5, untagged, VLAN 6 */
	} rows[] = {
		{"vlan", true, false, true},
		{"vlan 5", true, false, false},
		{"not vlan", false, true, false},
		{"vlan 5 and tcp", true, false, false},
		{"vlan and port 53", true, false, true},
		{"tcp or vlan 6", true, true, true},
		{"ether proto 0x0800", true, true, true},
		{"ether proto 0x8100", false, false, false},
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
		check_case(rows[i].expression, bpf_match((const void *)prog.bf_insns, prog.bf_len,
							 &v) == rows[i].untagged);
		v.flags = PFQ_REC_F_VLAN;
		v.tpid = 0x8100;
		v.tci = 0x2005;
		check_case(rows[i].expression, bpf_match((const void *)prog.bf_insns, prog.bf_len,
							 &v) == rows[i].tagged);
		v.tci = 0x2006;
		check_case(rows[i].expression, bpf_match((const void *)prog.bf_insns, prog.bf_len,
							 &v) == rows[i].other);
		pcap_freecode(&prog);
	}
	pcap_close(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_libpcap),
		cmocka_unit_test(loops_are_refused),
		cmocka_unit_test(random_programs_agree_with_libpcap),
		cmocka_unit_test(vlan_by_metadata),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
