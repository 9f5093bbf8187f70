// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <err.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include "flow.h"

/* Unused bytes of keys are 0, so memcmp() may compare them. */
static int flow_compare(const void *a, const void *b)
{
	return memcmp(&((const struct flow *)a)->key, &((const struct flow *)b)->key,
		      sizeof(struct decode_flow));
}

static int datagram_compare(const void *a, const void *b)
{
	return memcmp(&((const struct datagram *)a)->key, &((const struct datagram *)b)->key,
		      sizeof(struct decode_datagram));
}

/*
 * Find the entry of @tree that equals @key (of @size bytes). If there is none, copy @key
 * into it.
 */
static void *tree_get(void **tree, const void *key, size_t size,
		      int (*compare)(const void *, const void *))
{
	void **node = tfind(key, tree, compare), *entry;

	if (node)
		return *node;
	entry = malloc(size);
	if (!entry)
		err(2, "memory");
	memcpy(entry, key, size);
	if (!tsearch(entry, tree, compare))
		err(2, "memory");
	return entry;
}

static struct flow *flow_get(struct flow_table *t, const struct decode_flow *key)
{
	struct flow wanted;

	memset(&wanted, 0, sizeof(wanted));
	memcpy(&wanted.key, key, sizeof(*key));
	return tree_get(&t->flows, &wanted, sizeof(wanted), flow_compare);
}

static struct datagram *datagram_get(struct flow_table *t, const struct decode_datagram *key)
{
	struct datagram wanted;

	memset(&wanted, 0, sizeof(wanted));
	memcpy(&wanted.key, key, sizeof(*key));
	return tree_get(&t->datagrams, &wanted, sizeof(wanted), datagram_compare);
}

void flow_note(struct flow_table *t, const struct decoded *d, int capture)
{
	uint64_t bit = capture < 0 ? 0 : 1ULL << capture;
	struct datagram *datagram;

	if (!d->is_ip)
		return;
	if (!d->is_fragment) {
		flow_get(t, &d->flow)->seen[d->direction] |= bit;
		return;
	}
	datagram = datagram_get(t, &d->datagram);
	datagram->seen |= bit;
	if (d->is_first) {
		datagram->has_first = true;
		datagram->direction = d->direction;
		memcpy(&datagram->flow, &d->flow, sizeof(d->flow));
	}
}

struct flow *flow_find(const struct flow_table *t, const struct decode_flow *key)
{
	struct flow wanted;
	void **node;

	memset(&wanted, 0, sizeof(wanted));
	memcpy(&wanted.key, key, sizeof(*key));
	node = tfind(&wanted, &t->flows, flow_compare);
	return node ? *node : NULL;
}

struct datagram *datagram_find(const struct flow_table *t, const struct decode_datagram *key)
{
	struct datagram wanted;
	void **node;

	memset(&wanted, 0, sizeof(wanted));
	memcpy(&wanted.key, key, sizeof(*key));
	node = tfind(&wanted, &t->datagrams, datagram_compare);
	return node ? *node : NULL;
}

/* --- sums ---------------------------------------------------------------------- */

/* twalk_r(3) passes one pointer on. */
struct walk {
	struct flow_table *table;
	struct flow_sums *sums;
};

static bool is_last_visit(VISIT visit)
{
	return visit == postorder || visit == leaf;
}

static void each_add(uint64_t *each, uint64_t seen)
{
	for (int i = 0; i < FLOW_CAPTURES_MAX; i++)
		each[i] += seen >> i & 1;
}

static void datagram_sum(const void *node, VISIT visit, void *arg)
{
	const struct datagram *datagram = *(struct datagram *const *)node;
	struct walk *w = arg;
	struct flow *flow;
	uint64_t seen;

	if (!is_last_visit(visit) || !datagram->seen)
		return;
	w->sums->all_datagrams++;
	each_add(w->sums->datagrams, datagram->seen);
	w->sums->datagrams_split += __builtin_popcountll(datagram->seen) > 1;
	flow = datagram->has_first ? flow_find(w->table, &datagram->flow) : NULL;
	seen = flow ? flow->seen[0] | flow->seen[1] : 0;
	w->sums->datagrams_away += seen && (datagram->seen & ~seen);
}

static void datagram_join(const void *node, VISIT visit, void *arg)
{
	const struct datagram *datagram = *(struct datagram *const *)node;
	struct walk *w = arg;

	if (is_last_visit(visit) && datagram->has_first)
		flow_get(w->table, &datagram->flow)->seen[datagram->direction] |= datagram->seen;
}

static void flow_sum_one(const void *node, VISIT visit, void *arg)
{
	const struct flow *flow = *(struct flow *const *)node;
	uint64_t seen = flow->seen[0] | flow->seen[1];
	struct walk *w = arg;

	if (!is_last_visit(visit) || !seen)
		return;
	w->sums->all_flows++;
	each_add(w->sums->flows, seen);
	w->sums->flows_shared += __builtin_popcountll(seen) > 1;
	w->sums->flows_parted += flow->seen[0] && flow->seen[1] && flow->seen[0] != flow->seen[1];
}

void flow_sum(struct flow_table *t, struct flow_sums *sums, bool fragments_apart)
{
	struct walk w = { t, sums };

	memset(sums, 0, sizeof(*sums));
	twalk_r(t->datagrams, datagram_sum, &w);
	if (fragments_apart)
		sums->datagrams_away = 0;
	else
		twalk_r(t->datagrams, datagram_join, &w);
	twalk_r(t->flows, flow_sum_one, &w);
}

void flow_free(struct flow_table *t)
{
	tdestroy(t->flows, free);
	tdestroy(t->datagrams, free);
}
