// SPDX-License-Identifier: GPL-2.0-only
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include "absent.h"
#include "group.h"
#include "limit.h"
#include "netns.h"

/* --- find -------------------------------------------------------------------------- */

struct pfqk_absent *pfqk_absent_find(const struct pfqk_group *g, const char *name)
{
	struct pfqk_absent *a;

	if (!name[0])
		return NULL;
	list_for_each_entry(a, &g->absent, entry) {
		if (!strcmp(a->params.name, name))
			return a;
	}
	return NULL;
}

struct pfqk_absent *pfqk_absent_of_id(const struct pfqk_net *pn, u32 id)
{
	const struct pfqk_group *g;
	struct pfqk_absent *a;

	list_for_each_entry(g, &pn->groups, entry) {
		list_for_each_entry(a, &g->absent, entry) {
			if (a->id == id)
				return a;
		}
	}
	return NULL;
}

/*
 * The absent member with the least time left that is charged to *@uid. @uid NULL: charged to
 * anybody, and free to go.
 */
static struct pfqk_absent *find_oldest(const struct pfqk_net *pn, const kuid_t *uid)
{
	struct pfqk_absent *a, *oldest = NULL;
	const struct pfqk_group *g;

	list_for_each_entry(g, &pn->groups, entry) {
		list_for_each_entry(a, &g->absent, entry) {
			if (uid ? !a->is_charged || !uid_eq(a->uid, *uid) : a->claims)
				continue;
			if (!oldest || a->until_ns < oldest->until_ns)
				oldest = a;
		}
	}
	return oldest;
}

struct pfqk_absent *pfqk_absent_charged_to(const struct pfqk_net *pn, kuid_t uid)
{
	return find_oldest(pn, &uid);
}

/* --- lists ------------------------------------------------------------------------- */

static void insert(struct pfqk_group *g, struct pfqk_absent *a)
{
	struct pfqk_absent *after;

	list_for_each_entry(after, &g->absent, entry) {
		if (after->share > a->share)
			break;
	}
	list_add_tail(&a->entry, &after->entry);
	g->absents++;
}

static void take_out(struct pfqk_absent *a)
{
	list_del(&a->entry);
	a->group->absents--;
	pfqk_group_members_changed(a->group);
}

static void absent_free(struct pfqk_retired *r)
{
	struct pfqk_absent *a = container_of(r, struct pfqk_absent, retired);

	pfqk_producers_put(a->producer);
	kfree(a);
}

/* Packets may still be on their way to its producers. */
void pfqk_absent_free(struct pfqk_absent *a)
{
	if (!a)
		return;
	if (a->is_charged)
		pfqk_limit_give(a->uid, PFQK_LIMIT_ENDPOINTS, 1);
	pfqk_retire(&a->retired, absent_free);
}

/* Others have to take the share, so the allocation of a snapshot must succeed. */
void pfqk_absent_give_up(struct pfqk_absent *a)
{
	struct pfqk_group *g = a->group;

	take_out(a);
	pfqk_absent_free(a);
	pfqk_group_publish(g, GFP_KERNEL | __GFP_NOFAIL);
}

void pfqk_absent_remove_all(struct pfqk_group *g)
{
	struct pfqk_absent *a, *next;

	list_for_each_entry_safe(a, next, &g->absent, entry) {
		take_out(a);
		pfqk_absent_free(a);
	}
}

/* --- time -------------------------------------------------------------------------- */

void pfqk_absent_schedule(struct pfqk_net *pn)
{
	const struct pfqk_absent *a = find_oldest(pn, NULL);
	u64 now_ns = ktime_get_ns();

	if (a)
		mod_delayed_work(system_wq, &pn->linger, a->until_ns > now_ns ?
				 nsecs_to_jiffies(a->until_ns - now_ns) + 1 : 0);
}

void pfqk_absent_work(struct work_struct *work)
{
	struct pfqk_net *pn = container_of(to_delayed_work(work), struct pfqk_net, linger);
	struct pfqk_absent *a;

	mutex_lock(&pn->lock);
	while ((a = find_oldest(pn, NULL)) && a->until_ns <= ktime_get_ns())
		pfqk_absent_give_up(a);
	pfqk_absent_schedule(pn);
	mutex_unlock(&pn->lock);
}

/* --- come and go --------------------------------------------------------------------- */

/* Has @ep a share that is worth keeping, in a group that stays without it? */
static bool is_to_be_kept(const struct pfqk_group *g, const struct pfqk_endpoint *ep)
{
	return ep->params.name[0] && g->settings.linger_ns && g->kind != PFQK_GROUP_PRIVATE &&
	       (g->kind == PFQK_GROUP_ADDED || g->members > 1) &&
	       (ep->is_started || pfq_program_is_copy(g->settings.program->core));
}

void pfqk_absent_add(struct pfqk_group *g, struct pfqk_endpoint *ep)
{
	u64 counters[PFQ_ENDPOINT_COUNTERS_MAX];
	struct pfqk_absent *a = NULL;

	if (is_to_be_kept(g, ep))
		a = kzalloc(sizeof(*a), GFP_KERNEL_ACCOUNT);
	if (!a) {
		pfqk_absent_recharge(g, ep);
		return;
	}
	a->group = g;
	a->id = ep->id;
	a->share = ep->share;
	a->params = ep->params;
	a->uid = ep->uid;
	a->pid = ep->pid;
	memcpy(a->comm, ep->comm, sizeof(a->comm));
	a->until_ns = ktime_get_ns() + g->settings.linger_ns;
	a->is_charged = ep->is_charged;
	ep->is_charged = false;
	pfqk_producers_counters(ep->producer, counters);
	a->read = pfqk_endpoint_read_packets(ep, counters[PFQ_ENDPOINT_delivered]);
	a->producer = pfqk_producers_get(ep->producer);
	insert(g, a);
	pfqk_absent_schedule(g->pn);
}

struct pfqk_absent *pfqk_absent_take(struct pfqk_group *g, struct pfqk_endpoint *ep)
{
	struct pfqk_absent *a = pfqk_absent_find(g, ep->params.name);

	if (!a)
		return NULL;
	take_out(a);
	pfqk_group_place(g, ep, a->share);
	return a;
}

void pfqk_absent_restore(struct pfqk_group *g, struct pfqk_endpoint *ep, struct pfqk_absent *a)
{
	if (!a)
		return;
	pfqk_group_place(g, ep, ep->id);
	insert(g, a);
}

/* --- limits -------------------------------------------------------------------------- */

void pfqk_absent_recharge(struct pfqk_group *g, struct pfqk_endpoint *ep)
{
	struct pfqk_absent *a = pfqk_absent_find(g, ep->params.name);

	if (!a || a->is_charged || !ep->is_charged || !uid_eq(a->uid, ep->uid))
		return;
	a->is_charged = true;
	ep->is_charged = false;
}
