// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <err.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include "wire.h"

/* A hash avoids most comparisons of bytes. Equal hashes prove nothing. */
static uint64_t hash(const uint8_t *bytes, uint32_t len)
{
	uint64_t h = 0xcbf29ce484222325ULL ^ len;

	for (uint32_t i = 0; i < len; i++)
		h = (h ^ bytes[i]) * 0x100000001b3ULL;
	return h;
}

static int compare(const void *a, const void *b)
{
	const struct wire_packet *p = a, *q = b;

	if (p->hash != q->hash)
		return p->hash < q->hash ? -1 : 1;
	if (p->packet->caplen != q->packet->caplen)
		return p->packet->caplen < q->packet->caplen ? -1 : 1;
	if (p->packet->len != q->packet->len)
		return p->packet->len < q->packet->len ? -1 : 1;
	return memcmp(p->packet->bytes, q->packet->bytes, p->packet->caplen);
}

static struct wire_packet *get(struct wire *w, const struct packet *packet)
{
	struct wire_packet wanted = { packet, hash(packet->bytes, packet->caplen), 0, 0, 0 };
	void **node = tfind(&wanted, &w->packets, compare);
	struct wire_packet *entry;

	if (node)
		return *node;
	entry = malloc(sizeof(*entry));
	if (!entry)
		err(2, "memory");
	*entry = wanted;
	if (!tsearch(entry, &w->packets, compare))
		err(2, "memory");
	return entry;
}

void wire_note(struct wire *w, const struct packet *packet)
{
	get(w, packet)->on_wire++;
}

void wire_compare(struct wire *w, const struct packet *packet, unsigned int capture)
{
	struct wire_packet *entry = get(w, packet);

	entry->captured++;
	entry->seen |= 1ULL << capture;
}

struct walk {
	void (*fn)(const struct wire_packet *, void *);
	void *arg;
};

static void visit(const void *node, VISIT visit_kind, void *arg)
{
	struct walk *walk = arg;

	if (visit_kind == postorder || visit_kind == leaf)
		walk->fn(*(struct wire_packet *const *)node, walk->arg);
}

void wire_walk(const struct wire *w, void (*fn)(const struct wire_packet *, void *), void *arg)
{
	struct walk walk = { fn, arg };

	twalk_r(w->packets, visit, &walk);
}

void wire_free(struct wire *w)
{
	tdestroy(w->packets, free);
}
