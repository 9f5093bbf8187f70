// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <err.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include "capture.h"

#define EXIT_UNREADABLE	2

static void packet_add(struct capture *c, const struct pcap_pkthdr *head, const u_char *bytes)
{
	uint8_t *copy = malloc(head->caplen ? head->caplen : 1);

	if (!(c->count & (c->count - 1))) {
		size_t room = c->count ? 2 * c->count : 1;
		struct packet *more = reallocarray(c->packets, room, sizeof(*more));

		if (!more)
			err(EXIT_UNREADABLE, "memory");
		c->packets = more;
	}
	if (!copy)
		err(EXIT_UNREADABLE, "memory");
	memcpy(copy, bytes, head->caplen);
	c->packets[c->count++] = (struct packet){
		.ts_ns = (uint64_t)head->ts.tv_sec * 1000000000ULL + (uint64_t)head->ts.tv_usec,
		.len = head->len, .caplen = head->caplen, .bytes = copy,
	};
	c->bytes += head->len;
}

void capture_load(struct capture *c, const char *path)
{
	char text[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *head;
	const u_char *bytes;
	pcap_t *p;
	int got;

	*c = (struct capture){ .path = path };
	p = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, text);
	if (!p)
		errx(EXIT_UNREADABLE, "%s: %s", path, text);
	c->linktype = pcap_datalink(p);
	while ((got = pcap_next_ex(p, &head, &bytes)) == 1)
		packet_add(c, head, bytes);
	if (got != PCAP_ERROR_BREAK)
		errx(EXIT_UNREADABLE, "%s: packet %zu: %s", path, c->count + 1, pcap_geterr(p));
	pcap_close(p);
}

void capture_free(struct capture *c)
{
	for (size_t i = 0; i < c->count; i++)
		free((void *)c->packets[i].bytes);
	free(c->packets);
}
