// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Looks for packets that are in captures more than once, though a router was between.
 *
 *	pfq-copies WITHIN SENT FILE...
 *
 * SENT has each packet once, as it was sent. The other files together should have each packet once,
 * too. Two packets are the same if all bytes from the IP header to the end of the IP packet are,
 * except TOS or traffic class, flow label, TTL or hop limit, and checksum of the IPv4 header. The
 * bytes are compared, not a number of them. The result is a JSON object:
 *
 *	sent	packets of SENT; each is there once, or the program fails
 *	once	of these, packets that the files have
 *	lacking	of these, packets that the files do not have
 *	missed	further packets in the files, up to WITHIN microseconds after the same one
 *	late	further packets, a longer time after it
 *	alien	packets in the files that were not sent
 *	most	the highest number of packets in the files within WITHIN microseconds
 *
 * Frames that are not IP are left out.
 */
#include <err.h>
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINK	14	/* bytes of the Ethernet header */

struct packet {
	uint8_t *bytes;		/* from the IP header on, without what a router changes */
	uint32_t length;
	int is_sent;
	int64_t us;
};

static struct packet *packets;
static size_t count, room;

/* The length of an IP packet whose header is at @ip; 0: it is none, or not all of it is there. */
static uint32_t ip_length(const uint8_t *ip, uint32_t length)
{
	uint32_t all = 0;

	if (length >= 20 && ip[0] >> 4 == 4)
		all = (uint32_t)ip[2] << 8 | ip[3];
	else if (length >= 40 && ip[0] >> 4 == 6)
		all = 40 + ((uint32_t)ip[4] << 8 | ip[5]);
	return all <= length ? all : 0;
}

/* Clear what a router changes. */
static void changes_clear(uint8_t *ip)
{
	if (ip[0] >> 4 == 4) {
		ip[1] = ip[8] = ip[10] = ip[11] = 0;
	} else {
		ip[0] = 0x60;
		ip[1] = ip[2] = ip[3] = ip[7] = 0;
	}
}

static void packet_add(const struct pcap_pkthdr *head, const uint8_t *bytes, int is_sent)
{
	uint32_t tag = head->caplen > LINK && bytes[12] == 0x81 && !bytes[13] ? 4 : 0;
	uint32_t at = LINK + tag, length;
	struct packet *p;

	length = head->caplen > at ? ip_length(bytes + at, head->caplen - at) : 0;
	if (!length)
		return;
	if (count == room) {
		room = room ? room * 2 : 4096;
		packets = realloc(packets, room * sizeof(*packets));
		if (!packets)
			err(1, "memory");
	}
	p = &packets[count++];
	*p = (struct packet){ malloc(length), length, is_sent,
			      (int64_t)head->ts.tv_sec * 1000000 + head->ts.tv_usec };
	if (!p->bytes)
		err(1, "memory");
	memcpy(p->bytes, bytes + at, length);
	changes_clear(p->bytes);
}

static void file_read(const char *name, int is_sent)
{
	char text[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline(name, text);
	struct pcap_pkthdr *head;
	const uint8_t *bytes;
	int ret;

	if (!pcap)
		errx(1, "%s", text);
	while ((ret = pcap_next_ex(pcap, &head, &bytes)) == 1)
		packet_add(head, bytes, is_sent);
	if (ret != PCAP_ERROR_BREAK)
		errx(1, "%s: %s", name, pcap_geterr(pcap));
	pcap_close(pcap);
}

static int bytes_compare(const struct packet *a, const struct packet *b)
{
	if (a->length != b->length)
		return a->length < b->length ? -1 : 1;
	return memcmp(a->bytes, b->bytes, a->length);
}

/* By bytes; the one that was sent before those of the files, and these by time */
static int compare(const void *x, const void *y)
{
	const struct packet *a = x, *b = y;
	int order = bytes_compare(a, b);

	if (!order)
		order = b->is_sent - a->is_sent;
	return order ? order : (a->us > b->us) - (a->us < b->us);
}

struct sums {
	unsigned long long sent, once, lacking, missed, late, alien, most;
};

/* Add up the packets from @p to before @end, which are the same. */
static void same_add(struct sums *s, const struct packet *p, const struct packet *end,
		     int64_t within)
{
	if (!p->is_sent) {
		s->alien += (unsigned long long)(end - p);
		return;
	}
	s->sent++;
	if (++p == end) {
		s->lacking++;
		return;
	}
	if (p->is_sent)
		errx(1, "a packet was sent twice");
	s->once++;
	for (p++; p < end; p++)
		if (p->us - p[-1].us <= within)
			s->missed++;
		else
			s->late++;
}

static int compare_times(const void *x, const void *y)
{
	const struct packet *a = x, *b = y;
	int order = a->is_sent - b->is_sent;

	return order ? order : (a->us > b->us) - (a->us < b->us);
}

/* Find the highest number of packets in the files within @within. Sorts the packets anew. */
static unsigned long long most_within(int64_t within)
{
	size_t most = 0, first = 0;

	qsort(packets, count, sizeof(*packets), compare_times);
	for (size_t i = 0; i < count && !packets[i].is_sent; i++) {
		while (packets[i].us - packets[first].us > within)
			first++;
		if (i - first + 1 > most)
			most = i - first + 1;
	}
	return most;
}

int main(int argc, char **argv)
{
	struct sums s = { 0 };
	size_t from = 0;

	if (argc < 4)
		errx(2, "usage: pfq-copies WITHIN SENT FILE...");
	for (int i = 2; i < argc; i++)
		file_read(argv[i], i == 2);
	qsort(packets, count, sizeof(*packets), compare);
	for (size_t i = 1; i <= count; i++) {
		if (i < count && !bytes_compare(&packets[i], &packets[from]))
			continue;
		same_add(&s, &packets[from], &packets[i], atoll(argv[1]));
		from = i;
	}
	s.most = most_within(atoll(argv[1]));
	printf("{ \"sent\": %llu, \"once\": %llu, \"lacking\": %llu, \"missed\": %llu, "
	       "\"late\": %llu, \"alien\": %llu, \"most\": %llu }\n",
	       s.sent, s.once, s.lacking, s.missed, s.late, s.alien, s.most);
	return 0;
}
