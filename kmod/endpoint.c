// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cache.h>
#include <linux/cred.h>
#include <linux/overflow.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include "cpu.h"
#include "endpoint.h"
#include "filter.h"
#include "group.h"
#include "limit.h"
#include "pfqk.h"

struct pfqk_endpoint *pfqk_endpoint_create(void)
{
	struct pfqk_endpoint *ep = kzalloc(sizeof(*ep), GFP_KERNEL_ACCOUNT);

	if (!ep)
		return NULL;
	ep->uid = current_euid();
	mutex_init(&ep->lock);
	INIT_LIST_HEAD(&ep->owned);
	pfqk_doorbell_init(&ep->doorbell);
	return ep;
}

/*
 * Charge the largest ring that the user may still have, at most the wish. Reduces @wish to it.
 * Memory that the consumer brought has been charged before.
 */
static int charge_ring(struct pfqk_endpoint *ep, struct pfqk_memory_wish *wish)
{
	u64 min = pfq_ring_lane_min(wish->snaplen);
	int err;

	if (pfqk_memory_is_brought(wish))
		return 0;
	for (;;) {
		/* without headers, so that rings can use the limit completely */
		ep->charged_bytes = wish->lane_bytes * pfqk_lanes();
		err = pfqk_limit_take(ep->uid, PFQK_LIMIT_RING_BYTES, ep->charged_bytes);
		if (!err)
			return 0;
		ep->charged_bytes = 0;
		if (err != -EDQUOT || wish->lane_bytes <= min)
			return err;
		wish->lane_bytes /= 2;
	}
}

static int charge(struct pfqk_endpoint *ep, struct pfqk_memory_wish *wish, const char **why)
{
	int err;

	*why = "this user is at the limit of endpoints (parameter user_endpoints)";
	/* a JOIN may have charged it already: see claim.h */
	err = ep->is_charged ? 0 : pfqk_limit_take(ep->uid, PFQK_LIMIT_ENDPOINTS, 1);
	if (err)
		return err;
	*why = "this user's limit of ring memory leaves no room for the "
	       "smallest ring (parameter user_ring_mib)";
	err = charge_ring(ep, wish);
	if (err)
		pfqk_limit_give(ep->uid, PFQK_LIMIT_ENDPOINTS, 1);
	ep->is_charged = !err;
	return err;
}

/* If the memory became smaller than what was charged, give the rest back. */
static void recharge(struct pfqk_endpoint *ep)
{
	u64 bytes = ep->memory.lane_bytes * ep->memory.lanes;

	if (ep->memory.pinned)
		return;
	pfqk_limit_give(ep->uid, PFQK_LIMIT_RING_BYTES, ep->charged_bytes - bytes);
	ep->charged_bytes = bytes;
}

struct producers {
	refcount_t users;
	struct pfq_producer lane[] ____cacheline_aligned;
};

static struct producers *producers_of(struct pfq_producer *producer)
{
	return (void *)producer - offsetof(struct producers, lane);
}

struct pfq_producer *pfqk_producers_get(struct pfq_producer *producer)
{
	refcount_inc(&producers_of(producer)->users);
	return producer;
}

void pfqk_producers_put(struct pfq_producer *producer)
{
	if (producer && refcount_dec_and_test(&producers_of(producer)->users))
		kvfree(producers_of(producer));
}

static int create_producers(struct pfqk_endpoint *ep)
{
	struct producers *p = kvzalloc(struct_size(p, lane, pfqk_lanes()), GFP_KERNEL_ACCOUNT);
	u32 lane;

	if (!p)
		return -ENOMEM;
	refcount_set(&p->users, 1);
	ep->producer = p->lane;
	for (lane = 0; lane < pfqk_lanes(); lane++)
		pfq_producer_init(&ep->producer[lane], ep->memory.data, ep->memory.lanes,
				  ep->memory.lane_bytes, ep->memory.reader, lane);
	return 0;
}

int pfqk_endpoint_prepare(struct pfqk_endpoint *ep, struct pfqk_memory_wish *wish, const char **why)
{
	int err;

	lockdep_assert_held(&ep->lock);
	wish->snaplen = ep->params.snaplen;
	wish->lane_bytes = pfqk_memory_lane_bytes(ep->params.ring_bytes, wish->snaplen);
	err = charge(ep, wish, why);
	if (err)
		return err;
	err = pfqk_memory_create(&ep->memory, wish, why);
	if (!err) {
		recharge(ep);
		*why = "no memory for an endpoint";
		err = create_producers(ep);
	}
	if (err)
		pfqk_endpoint_clear(ep);
	return err;
}

void pfqk_endpoint_clear(struct pfqk_endpoint *ep)
{
	pfqk_producers_put(ep->producer);
	ep->producer = NULL;
	pfqk_memory_destroy(&ep->memory);
	if (ep->is_charged)
		pfqk_limit_give(ep->uid, PFQK_LIMIT_ENDPOINTS, 1);
	pfqk_limit_give(ep->uid, PFQK_LIMIT_RING_BYTES, ep->charged_bytes);
	ep->is_charged = false;
	ep->charged_bytes = 0;
}

void pfqk_endpoint_give_back(struct pfqk_endpoint *ep)
{
	pfqk_pinned_destroy(&ep->pinned);
	pfqk_limit_give(ep->uid, PFQK_LIMIT_RING_BYTES, ep->pinned_bytes);
	ep->pinned_bytes = 0;
}

static void endpoint_free(struct pfqk_retired *r)
{
	struct pfqk_endpoint *ep = container_of(r, struct pfqk_endpoint, retired);

	if (ep->filter)
		pfqk_limit_give(ep->uid, PFQK_LIMIT_FILTER_INSNS, pfqk_filter_insns(ep->filter));
	pfqk_filter_destroy(ep->filter);
	pfqk_endpoint_clear(ep);
	pfqk_endpoint_give_back(ep);
	kfree(ep);
}

void pfqk_endpoint_release(struct pfqk_endpoint *ep)
{
	/* no other process has the file, so no request is running */
	if (ep->net) {
		pfqk_group_leave(ep);
		put_net_track(ep->net, &ep->net_tracker);
	}
	pfqk_retire(&ep->retired, endpoint_free);
}

void pfqk_producers_counters(const struct pfq_producer *producer, u64 *counters)
{
	u32 lane, i;

	memset(counters, 0, PFQ_ENDPOINT_COUNTERS_MAX * sizeof(*counters));
	for (lane = 0; lane < pfqk_lanes(); lane++) {
		for (i = 0; i < PFQ_ENDPOINT_COUNTERS_MAX; i++)
			counters[i] += READ_ONCE(producer[lane].counters[i]);
	}
}

static const struct pfq_reader_lane *reader_lane(const struct pfqk_endpoint *ep, u32 lane)
{
	return ep->memory.reader + PFQ_READER_LANE_OFFSET(lane);
}

u64 pfqk_endpoint_read_packets(const struct pfqk_endpoint *ep, u64 delivered)
{
	u64 sum = 0;
	u32 lane;

	for (lane = 0; lane < pfqk_lanes(); lane++) {
		/* the consumer writes this: it may have any value */
		if (check_add_overflow(sum, READ_ONCE(reader_lane(ep, lane)->read), &sum))
			return delivered;
	}
	return min(sum, delivered);
}

void pfqk_endpoint_positions(const struct pfqk_endpoint *ep, u64 *positions)
{
	u32 lane;

	for (lane = 0; lane < pfqk_lanes(); lane++)
		positions[lane] = READ_ONCE(ep->producer[lane].prod);
}
