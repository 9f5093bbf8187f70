// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Changes the filter of a live handle while packets wait in its buffer. A packet that the
 * first filter accepts and the second refuses must not be delivered. Prints "waiting" when
 * the test shall send packets, continues at a line on standard input, and ends with the
 * second filter's packet number N.
 */
#include <err.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

static void filter_set(pcap_t *p, const char *text)
{
	struct bpf_program program;

	if (pcap_compile(p, &program, text, 1, PCAP_NETMASK_UNKNOWN) || pcap_setfilter(p, &program))
		errx(1, "%s: %s", text, pcap_geterr(p));
	pcap_freecode(&program);
}

static void line_wait(void)
{
	char line[16];

	puts("waiting");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		errx(1, "no line on stdin");
}

int main(int argc, char **argv)
{
	char text[PCAP_ERRBUF_SIZE];
	struct bpf_program wanted;
	struct pcap_pkthdr *head;
	const u_char *bytes;
	unsigned long right = 0, wrong = 0, want;
	pcap_t *p, *judge;
	int ret;

	if (argc != 5)
		errx(2, "usage: pfq-refilter DEVICE FILTER FILTER N");
	want = strtoul(argv[4], NULL, 10);
	p = pcap_create(argv[1], text);
	if (!p)
		errx(1, "%s", text);
	pcap_set_timeout(p, 50);
	pcap_set_snaplen(p, 256);
	if (pcap_activate(p) < 0)
		errx(1, "%s", pcap_geterr(p));
	filter_set(p, argv[2]);
	if (pcap_setnonblock(p, 1, text))
		errx(1, "%s", text);
	if (pcap_next_ex(p, &head, &bytes) < 0)	/* a first read starts the handle */
		errx(1, "%s", pcap_geterr(p));
	pcap_setnonblock(p, 0, text);
	line_wait();
	filter_set(p, argv[3]);
	line_wait();
	/* A second handle's filter judges the packets; the live handle does not know of it. */
	judge = pcap_open_dead(pcap_datalink(p), 65535);
	if (!judge || pcap_compile(judge, &wanted, argv[3], 1, PCAP_NETMASK_UNKNOWN))
		errx(1, "%s", argv[3]);
	while (right < want) {
		ret = pcap_next_ex(p, &head, &bytes);
		if (ret < 0)
			errx(1, "%s", pcap_geterr(p));
		if (!ret)	/* the timeout, and no packet */
			continue;
		if (pcap_offline_filter(&wanted, head, bytes))
			right++;
		else
			wrong++;
	}
	pcap_freecode(&wanted);
	pcap_close(judge);
	pcap_close(p);
	printf("right %lu wrong %lu\n", right, wrong);
	return wrong ? 1 : 0;
}
