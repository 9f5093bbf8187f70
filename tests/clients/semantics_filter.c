/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Checks snapshot lengths, filters, counters and tagged frames. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "semantics.h"

static void snaplens(void)
{
	static const struct { int asked, used; } cases[] = {
		{ 0, 262144 }, { -5, 262144 }, { 300000, 262144 }, { 1, 1 }, { 96, 96 },
	};
	struct seen s;
	pcap_t *p;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		p = open_unfiltered(cases[i].asked, 50, false, PCAP_TSTAMP_PRECISION_MICRO);
		memset(&s, 0, sizeof(s));
		collect(p, 0, &s);
		datagrams(1, PORT, 1000);
		pause_ms(100);
		pcap_dispatch(p, 1, see, (u_char *)&s);
		check(pcap_snapshot(p) == cases[i].used, "snaplen in use", pcap_snapshot(p));
		check(s.len == 1042 &&
		      s.caplen == (cases[i].used < 1042 ? (u_int)cases[i].used : 1042),
		      "cut to it, length untouched", (long)s.caplen);
		check(pcap_bufsize(p) == 262144, "bufsize", pcap_bufsize(p));
		pcap_close(p);
	}
}

static void filter_swap(void)
{
	pcap_t *p = open_device(100, false);
	struct seen s = { .port = OTHER_PORT };
	struct pcap_stat stats = { 0 };

	datagrams(20, PORT, 10);
	pause_ms(250);
	check(set_filter(p, "udp dst port 9998") == 0, "a filter is swapped live", 0);
	datagrams(10, OTHER_PORT, 10);
	datagrams(5, PORT, 10);
	pause_ms(250);
	collect(p, 10, &s);
	check(s.packets == 10 && !s.port_errors, "nothing of before leaks, nothing after is lost",
	      s.packets);
	pcap_stats(p, &stats);
	check(stats.ps_recv == 30 * counted, "ps_recv counts what passed either filter",
	      (long)stats.ps_recv);
	check(pcap_setfilter(p, NULL) == -1, "no filter: refused", 0);
	pcap_close(p);
}

/* a filter with more instructions than the kernel or an engine accepts */
static void huge_filter(void)
{
	enum { PADDING = 5000 };
	pcap_t *p = open_device(100, false);
	struct bpf_program small, huge;
	struct seen s = { .port = OTHER_PORT };
	u_int i;

	pcap_compile(p, &small, "udp dst port 9998", 1, PCAP_NETMASK_UNKNOWN);
	huge.bf_len = PADDING + small.bf_len;
	huge.bf_insns = calloc(huge.bf_len, sizeof(*huge.bf_insns));
	for (i = 0; i < PADDING; i++)
		huge.bf_insns[i] = (struct bpf_insn)BPF_STMT(BPF_LD | BPF_IMM, i);
	memcpy(huge.bf_insns + PADDING, small.bf_insns, small.bf_len * sizeof(*small.bf_insns));
	check(pcap_setfilter(p, &huge) == 0, "a filter of 5000 instructions", huge.bf_len);
	datagrams(10, OTHER_PORT, 10);
	datagrams(5, PORT, 10);
	collect(p, 10, &s);
	check(s.packets == 10 && !s.port_errors, "does what it says", s.packets);
	check(set_filter(p, "udp dst port 9999") == 0, "and gives way to a small one", 0);
	memset(&s, 0, sizeof(s));
	s.port = PORT;
	datagrams(10, OTHER_PORT, 10);
	datagrams(5, PORT, 10);
	collect(p, 5, &s);
	check(s.packets == 5 && !s.port_errors, "which does the same", s.packets);
	free(huge.bf_insns);
	pcap_freecode(&small);
	pcap_close(p);
}

static void statistics(void)
{
	pcap_t *p = open_device(100, false);
	struct pcap_stat stats = { 0 };
	struct seen s = { 0 };

	datagrams(5, PORT, 10);
	datagrams(7, OTHER_PORT, 10);
	pause_ms(250);
	collect(p, 2, &s);
	datagrams(3, PORT, 10);
	pause_ms(250);
	pcap_stats(p, &stats);
	check(stats.ps_recv == 8 * counted, "ps_recv: what passed the filter, read or not",
	      (long)stats.ps_recv);
	pcap_stats(p, &stats);
	check(stats.ps_recv == 8 * counted && !stats.ps_drop && !stats.ps_ifdrop,
	      "and is cumulative", (long)stats.ps_recv);
	pcap_close(p);
}

/* --- tagged frames: another handle sends these hand-made frames ------------------ */

static void tagged_frame(u_char *frame, int tci, int ethertype)
{
	memset(frame, 0, 80);
	frame[12] = 0x81;
	frame[14] = (u_char)(tci >> 8);
	frame[15] = (u_char)tci;
	frame[16] = (u_char)(ethertype >> 8);
	frame[17] = (u_char)ethertype;
	frame[18] = 0xaa;
}

static u_char vlan_bytes[20];

static void keep(u_char *user, const struct pcap_pkthdr *hdr, const u_char *bytes)
{
	see(user, hdr, bytes);
	memcpy(vlan_bytes, bytes,
	       hdr->caplen < sizeof(vlan_bytes) ? hdr->caplen : sizeof(vlan_bytes));
}

static int matches(pcap_t *sender, const char *filter, struct seen *s)
{
	pcap_t *p = open_unfiltered(65535, 50, true, PCAP_TSTAMP_PRECISION_MICRO);
	char err[PCAP_ERRBUF_SIZE];
	u_char frame[80];

	set_filter(p, filter);
	memset(s, 0, sizeof(*s));
	pcap_setnonblock(p, 1, err);
	pcap_dispatch(p, -1, keep, (u_char *)s);
	tagged_frame(frame, 0x6005, 0x9999);
	if (pcap_inject(sender, frame, sizeof(frame)) != (int)sizeof(frame))
		fprintf(stderr, "pcap_inject: %s\n", pcap_geterr(sender));
	pause_ms(100);
	pcap_dispatch(p, -1, keep, (u_char *)s);
	pcap_close(p);
	return s->packets;
}

static void vlans(void)
{
	static const struct { const char *filter; int matches; } cases[] = {
		{ "vlan 5", 1 }, { "vlan 6", 0 }, { "vlan", 1 }, { "ether proto 0x9999", 1 },
		{ "ether proto 0x8100", 0 }, { "vlan 5 and ether proto 0x9999", 1 },
	};
	pcap_t *sender = open_unfiltered(65535, 50, true, PCAP_TSTAMP_PRECISION_MICRO);
	struct seen s;
	size_t i;
	int n;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		n = matches(sender, cases[i].filter, &s);
		check(n == cases[i].matches, cases[i].filter, n);
	}
	matches(sender, "vlan 5", &s);
	check(s.len == 80 && s.caplen == 80 && vlan_bytes[12] == 0x81 && vlan_bytes[14] == 0x60 &&
	      vlan_bytes[15] == 5 && vlan_bytes[16] == 0x99 && vlan_bytes[18] == 0xaa,
	      "the tag is back in the bytes", (long)s.caplen);
	pcap_close(sender);
}

/* A new filter is applied to tagged frames already queued, as to later ones. */
static void vlan_swap(void)
{
	pcap_t *sender = open_unfiltered(65535, 50, true, PCAP_TSTAMP_PRECISION_MICRO);
	pcap_t *p = open_unfiltered(65535, 50, false, PCAP_TSTAMP_PRECISION_MICRO);
	struct seen s = { 0 };
	u_char frame[80];

	set_filter(p, "ether proto 0x9999");
	collect(p, 0, &s);
	pcap_setnonblock(p, 1, (char[PCAP_ERRBUF_SIZE]){ 0 });
	pcap_dispatch(p, -1, see, (u_char *)&s);
	tagged_frame(frame, 5, 0x9999);
	pcap_inject(sender, frame, sizeof(frame));
	tagged_frame(frame, 6, 0x9999);
	pcap_inject(sender, frame, sizeof(frame));
	pause_ms(200);
	set_filter(p, "vlan 6 and ether proto 0x9999");
	collect(p, 1, &s);
	check(s.packets == 1, "a VLAN filter swapped in over queued frames", s.packets);
	pcap_close(p);
	pcap_close(sender);
}

void semantics_of_filters(void)
{
	snaplens();
	filter_swap();
	huge_filter();
	statistics();
	vlans();
	vlan_swap();
}
