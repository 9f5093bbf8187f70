/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <err.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include "use.h"

struct uses {
	struct decode_datagram key;
	unsigned int count;
	uint64_t ts_ns[USES_MAX];
};

static int uses_compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct decode_datagram));
}

static struct uses *uses_get(struct use_table *t, const struct decode_datagram *key)
{
	void **node = tfind(key, &t->tree, uses_compare);
	struct uses *uses;

	if (node)
		return *node;
	uses = calloc(1, sizeof(*uses));
	if (!uses)
		err(2, "memory");
	memcpy(&uses->key, key, sizeof(*key));
	if (!tsearch(uses, &t->tree, uses_compare))
		err(2, "memory");
	return uses;
}

void use_note(struct use_table *t, const struct decode_datagram *key, uint64_t ts_ns)
{
	struct uses *uses = uses_get(t, key);

	if (uses->count < USES_MAX)
		uses->ts_ns[uses->count++] = ts_ns;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

uint32_t use_find(const struct use_table *t, const struct decode_datagram *key, uint64_t ts_ns)
{
	void **node = tfind(key, &t->tree, uses_compare);
	const struct uses *uses = node ? *node : NULL;
	uint32_t nearest = 0;

	for (uint32_t i = 1; uses && i < uses->count; i++)
		if (distance(uses->ts_ns[i], ts_ns) < distance(uses->ts_ns[nearest], ts_ns))
			nearest = i;
	return nearest;
}

void use_free(struct use_table *t)
{
	tdestroy(t->tree, free);
}
