// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <netinet/in.h>
#include <stdbool.h>
#include "tracker.h"

#define ETHERNET	14
#define TAG		4
#define TYPE_IPV4	0x0800
#define TYPE_VLAN	0x8100
#define IPV4_MIN	20

static uint64_t read_be(const uint8_t *bytes, unsigned int count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 8 | *bytes++;
	return value;
}

/* The length of the header of TCP or UDP at @l4; 0: another protocol, or not all of it is there */
static size_t transport_length(uint8_t protocol, const uint8_t *l4, size_t length)
{
	size_t header;

	if (protocol == IPPROTO_UDP)
		return length >= 8 ? 8 : 0;
	if (protocol != IPPROTO_TCP || length < 20)
		return 0;
	header = (size_t)(l4[12] >> 4) * 4;
	return header >= 20 && header <= length ? header : 0;
}

static void ends_set(struct decoded *d, const uint8_t *ip, const uint8_t *l4)
{
	uint64_t from = read_be(ip + 12, 4) << 16, to = read_be(ip + 16, 4) << 16;
	bool is_swapped;

	if (l4) {
		from |= read_be(l4, 2);
		to |= read_be(l4 + 2, 2);
	}
	is_swapped = from > to;
	d->ends = is_swapped ? to >> 16 << 32 | from >> 16 : from >> 16 << 32 | to >> 16;
	d->rest = (is_swapped ? to & 0xffff : from & 0xffff) << 32 |
		  (is_swapped ? from & 0xffff : to & 0xffff) << 8 | ip[9];
}

void packet_decode(struct decoded *d, const uint8_t *bytes, size_t length)
{
	size_t l3 = ETHERNET, header, transport;

	*d = (struct decoded){ .payload = length < ETHERNET ? length : ETHERNET, .length = length };
	if (length >= ETHERNET + TAG && read_be(bytes + 12, 2) == TYPE_VLAN)
		l3 += TAG;
	if (length < l3 + IPV4_MIN || read_be(bytes + l3 - 2, 2) != TYPE_IPV4)
		return;
	header = (size_t)(bytes[l3] & 15) * 4;
	if (bytes[l3] >> 4 != 4 || header < IPV4_MIN || length - l3 < header)
		return;
	d->payload = l3 + header;
	/* A later fragment has no ports. */
	transport = read_be(bytes + l3 + 6, 2) & 0x1fff ? 0 :
		    transport_length(bytes[l3 + 9], bytes + d->payload, length - d->payload);
	ends_set(d, bytes + l3, transport ? bytes + d->payload : NULL);
	d->payload += transport;
}

struct tracked *tracker_find(struct tracker *t, const struct decoded *d)
{
	uint64_t hash = (d->ends ^ d->rest << 24) * 0x9e3779b97f4a7c15ULL;
	size_t i = (size_t)(hash >> 40) % TRACKER_FLOWS;
	struct tracked *flow;

	if (!d->ends && !d->rest)
		return NULL;
	for (;; i = (i + 1) % TRACKER_FLOWS) {
		flow = &t->flow[i];
		if (flow->ends == d->ends && flow->rest == d->rest)
			return flow;
		if (!flow->ends && !flow->rest)
			break;
	}
	if (t->flows >= TRACKER_FLOWS / 4 * 3)
		return NULL;
	t->flows++;
	*flow = (struct tracked){ .ends = d->ends, .rest = d->rest };
	return flow;
}
