/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Writes the first inputs for the fuzzers of core: a packet of every kind that the unit
 * tests know, and filters from pcap_compile(). Without them a minute is too short to find,
 * for one, IPv6 extension headers. Arguments: the directories for fuzz_parse, fuzz_filter and
 * fuzz_tunnel.
 */
#include <pcap/pcap.h>
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/unit/fixture/packets.h"
#include "tests/unit/fixture/packets_tunnel.h"

static const struct ends ends = { 1, 2, 1234, 53, 0x1122 };

static void seed_write(const char *dir, const char *name, unsigned int i, const void *head,
		       size_t head_bytes, const struct packet *p)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/seed-%s-%u", dir, name, i);
	f = fopen(path, "wb");
	if (!f || fwrite(head, 1, head_bytes, f) != head_bytes ||
	    fwrite(p->data, 1, p->len, f) != p->len || fclose(f)) {
		perror(path);
		exit(1);
	}
}

static void seed_parse(const char *dir)
{
	unsigned int i;

	for (i = 0; i < packet_kinds_count; i++) {
		struct packet p = { .len = 0 };
		u8 link = packet_kinds[i].linktype == PFQ_LINKTYPE_RAW ? 0 : 2;

		packet_kinds[i].build(&p, &ends);
		seed_write(dir, packet_kinds[i].name, 0, &link, 1, &p);
	}
}

static void seed_tunnel(const char *dir)
{
	unsigned int i;

	for (i = 0; i < packet_tunnels_count; i++) {
		const struct packet_kind *k = &packet_tunnels[i].packet;
		struct packet p = { .len = 0 };
		u8 link = k->linktype == PFQ_LINKTYPE_RAW ? 0 : 2;

		k->build(&p, &ends);
		seed_write(dir, k->name, 0, &link, 1, &p);
	}
}

#define SYMBOLS	256	/* the target takes the remainder of the number of symbols */

/* Each symbol on a packet of some kind, and each kind of packet with some symbol. */
static void seed_lang_packet(const char *dir)
{
	unsigned int i, n = packet_kinds_count + packet_tunnels_count;

	for (i = 0; i < n || i < SYMBOLS; i++) {
		const struct packet_kind *k = i % n < packet_kinds_count ?
			&packet_kinds[i % n] : &packet_tunnels[i % n - packet_kinds_count].packet;
		u8 head[3] = { (u8)(i % SYMBOLS), (u8)i,
			       k->linktype == PFQ_LINKTYPE_RAW };
		struct packet p = { .len = 0 };

		k->build(&p, &ends);
		seed_write(dir, k->name, i, head, sizeof(head), &p);
	}
}

/* pcap_compile() uses few ancillary loads, so write one program with all of them. */
static void seed_ancillary(const char *dir)
{
	struct sock_filter insns[SKF_AD_MAX / 4 + 1];
	u8 head[1 + sizeof(insns) + 8] = { ARRAY_SIZE(insns) };
	struct packet p = { .len = 0 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(insns) - 1; i++)
		insns[i] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
							(u32)SKF_AD_OFF + i * 4);
	insns[i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_A, 0);
	memcpy(head + 1, insns, sizeof(insns));
	head[1 + sizeof(insns) + 1] = 1;
	packet_kind("ip6-tcp")->build(&p, &ends);
	seed_write(dir, "ancillary", 0, head, sizeof(head), &p);
}

static void seed_filter(const char *dir)
{
	static const char *const expressions[] = {
		"tcp port 53",
		"vlan 100 and ip6",
		"ip[ip[0] & 0xf] / ip[1] = 1",
		"mpls and udp",
		"ether[len - 1] = 0x66",
		"host 10.0.0.1 and not net 10.1.0.0/16",
		"1 << ip[8] = 0",
		"ip6 and tcp[tcpflags] & tcp-syn != 0",
		"ip[12:4] ^ ip[16:4] = 3 and ip[2:2] % 7 = 3",
	};
	pcap_t *pcap = pcap_open_dead(DLT_EN10MB, 262144);
	unsigned int i, k;

	for (i = 0; pcap && i < ARRAY_SIZE(expressions); i++) {
		struct bpf_program prog;
		u8 head[1 + 255 * 8 + 8] = { 0 };

		if (pcap_compile(pcap, &prog, expressions[i], 0, 0) || prog.bf_len > 255) {
			fprintf(stderr, "%s: %s\n", expressions[i], pcap_geterr(pcap));
			exit(1);
		}
		head[0] = (u8)prog.bf_len;
		memcpy(head + 1, prog.bf_insns, prog.bf_len * 8);
		head[1 + prog.bf_len * 8 + 1] = 1;
		for (k = 0; k < packet_kinds_count; k += 7) {
			struct packet p = { .len = 0 };

			packet_kinds[k].build(&p, &ends);
			seed_write(dir, packet_kinds[k].name, i, head, 1 + prog.bf_len * 8 + 8, &p);
		}
		pcap_freecode(&prog);
	}
	if (pcap)
		pcap_close(pcap);
}

int main(int argc, char **argv)
{
	if (argc != 5) {
		fprintf(stderr, "usage: %s PARSE-DIRECTORY FILTER-DIRECTORY TUNNEL-DIRECTORY"
				" LANG-PACKET-DIRECTORY\n", argv[0]);
		return 1;
	}
	seed_parse(argv[1]);
	seed_filter(argv[2]);
	seed_ancillary(argv[2]);
	seed_tunnel(argv[3]);
	seed_lang_packet(argv[4]);
	return 0;
}
