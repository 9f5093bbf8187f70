// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include "cpu.h"
#include "group.h"
#include "hook.h"
#include "lane.h"
#include "netlink.h"
#include "netns.h"
#include "pfqk.h"
#include "snapshot.h"

/* --- life ---------------------------------------------------------------------- */

static void free_profile(struct pfqk_group *g)
{
	pfqk_program_put(g->profile.program);
	pfqk_program_put(g->profile.of);
	memset(&g->profile, 0, sizeof(g->profile));
}

static void group_free(struct pfqk_retired *r)
{
	struct pfqk_group *g = container_of(r, struct pfqk_group, retired);
	u32 i;

	for (i = 0; g->lane && i < pfqk_lanes(); i++)
		pfqk_lane_exit(&g->lane[i]);
	/* no timer and no packet uses the group any more */
	pfqk_snapshot_free(rcu_dereference_protected(g->snapshot, true));
	free_profile(g);
	pfqk_group_settings_free(&g->settings);
	kvfree(g->hold);
	kvfree(g->lane);
	kvfree(g->counters);
	kvfree(g);
}

static struct pfqk_group *alloc(void)
{
	struct pfqk_group *g = kvzalloc(sizeof(*g), GFP_KERNEL);
	u32 i;

	if (!g)
		return NULL;
	g->counters = kvcalloc(pfqk_lanes(), sizeof(*g->counters), GFP_KERNEL);
	g->lane = kvcalloc(pfqk_lanes(), sizeof(*g->lane), GFP_KERNEL);
	if (!g->counters || !g->lane) {
		kvfree(g->lane);
		kvfree(g->counters);
		kvfree(g);
		return NULL;
	}
	for (i = 0; i < pfqk_lanes(); i++)
		pfqk_lane_init(&g->lane[i], g, i);
	INIT_LIST_HEAD(&g->member);
	INIT_LIST_HEAD(&g->absent);
	INIT_LIST_HEAD(&g->owner_entry);
	return g;
}

static struct pfqk_group *find_id(struct pfqk_net *pn, u32 id)
{
	struct pfqk_group *g;

	list_for_each_entry(g, &pn->groups, entry) {
		if (g->settings.id == id)
			return g;
	}
	return NULL;
}

struct pfqk_group *pfqk_group_find(struct pfqk_net *pn, const char *name)
{
	struct pfqk_group *g;
	u32 id;

	lockdep_assert_held(&pn->lock);
	list_for_each_entry(g, &pn->groups, entry) {
		if (g->kind != PFQK_GROUP_PRIVATE && !strcmp(g->settings.name, name))
			return g;
	}
	if (kstrtou32(name, 10, &id) || id < PFQ_GROUP_ID_MIN)
		return NULL;
	g = find_id(pn, id);
	return g && g->kind != PFQK_GROUP_PRIVATE ? g : NULL;
}

/* Use the requested id, or choose the highest free one. */
static int choose_id(struct pfqk_net *pn, enum pfqk_group_kind kind, u32 *id,
		     struct netlink_ext_ack *extack)
{
	if (kind == PFQK_GROUP_PRIVATE)
		return 0;
	if (*id && find_id(pn, *id)) {
		NL_SET_ERR_MSG(extack, "another group has this id");
		return -EBUSY;
	}
	if (*id)
		return 0;
	/* start at the top, away from ids that people choose; there are fewer groups than ids */
	for (*id = PFQ_GROUP_ID_MAX; find_id(pn, *id);)
		--*id;
	return 0;
}

int pfqk_group_create(struct pfqk_group **out, struct pfqk_net *pn, enum pfqk_group_kind kind,
		      struct pfqk_group_settings *settings, struct netlink_ext_ack *extack)
{
	struct pfqk_group *g;
	int err;

	lockdep_assert_held(&pn->lock);
	if (pn->group_count >= PFQ_LIMIT_GROUPS) {
		NL_SET_ERR_MSG(extack, "this network namespace has " __stringify(PFQ_LIMIT_GROUPS)
			       " groups; allowed: not more");
		return -EDQUOT;
	}
	err = choose_id(pn, kind, &settings->id, extack);
	if (!err)
		err = pfqk_program_load(settings->program, NULL, extack);
	if (err)
		return err;
	g = alloc();
	if (!g)
		return -ENOMEM;
	g->pn = pn;
	g->kind = kind;
	g->settings = *settings;
	g->linktype = settings->linktype;
	err = pfqk_group_publish(g, GFP_KERNEL);
	if (err) {
		memset(&g->settings, 0, sizeof(g->settings));
		pfqk_retire(&g->retired, group_free);
		return err;
	}
	pfqk_group_settings_given(settings);
	g->serial = ++pn->last_serial;
	list_add_tail(&g->entry, &pn->groups);
	pn->group_count++;
	pfqk_notify(PFQ_CMD_GROUP_ADD, g, NULL);
	*out = g;
	return 0;
}

static void cut_off(struct pfqk_group *g)
{
	struct pfqk_endpoint *ep, *next;

	list_for_each_entry_safe(ep, next, &g->member, entry) {
		list_del(&ep->entry);
		ep->group = NULL;
		pfqk_doorbell_hang_up(&ep->doorbell);
	}
	g->members = 0;
	g->started = 0;
}

void pfqk_group_destroy(struct pfqk_group *g)
{
	ASSERT_RTNL();
	lockdep_assert_held(&g->pn->lock);
	if (!g->is_dead) {
		g->is_dead = true;
		pfqk_notify(PFQ_CMD_GROUP_DEL, g, NULL);
		/* remove it from the plans first: then no packet finds the group */
		pfqk_group_unbind_after(g, 0);
		pfqk_lane_release(g);
		pfqk_group_program_uncharge(g);
		list_del(&g->entry);
		list_del_init(&g->owner_entry);
		g->pn->group_count--;
		pfqk_absent_remove_all(g);
		pfqk_snapshot_retire(rcu_replace_pointer(g->snapshot, NULL,
							 lockdep_is_held(&g->pn->lock)));
		cut_off(g);
	}
	if (!g->joining)
		pfqk_retire(&g->retired, group_free);
}

void pfqk_group_destroy_all(struct pfqk_net *pn)
{
	struct pfqk_group *g, *next;

	list_for_each_entry_safe(g, next, &pn->groups, entry)
		pfqk_group_destroy(g);
}

void pfqk_group_put(struct pfqk_group *g)
{
	if (g->joining)
		return;
	if (g->is_dead || (!g->members && g->kind != PFQK_GROUP_ADDED))
		pfqk_group_destroy(g);
}

/* --- members -------------------------------------------------------------------- */

int pfqk_group_publish(struct pfqk_group *g, gfp_t gfp)
{
	struct pfqk_snapshot *s = pfqk_snapshot_create(g, gfp);

	lockdep_assert_held(&g->pn->lock);
	if (!s)
		return -ENOMEM;
	pfqk_snapshot_retire(rcu_replace_pointer(g->snapshot, s,
						 lockdep_is_held(&g->pn->lock)));
	return 0;
}

void pfqk_group_profile_end(struct pfqk_group *g)
{
	bool was_on = pfqk_group_program(g) != g->settings.program;

	free_profile(g);
	/* nobody may be left to be told of a failure */
	if (was_on)
		pfqk_group_publish(g, GFP_KERNEL | __GFP_NOFAIL);
}

/*
 * The number of members that take packets: with "copy" those that joined, else those that started.
 */
static u32 takers(const struct pfqk_group *g)
{
	return pfq_program_is_copy(g->settings.program->core) ? g->members : g->started;
}

void pfqk_group_members_changed(struct pfqk_group *g)
{
	if (!g->members && !g->absents)
		g->is_complete = false;
	else if (takers(g) + g->absents >= max(g->settings.members_wanted, 1U))
		g->is_complete = true;
}

void pfqk_group_place(struct pfqk_group *g, struct pfqk_endpoint *ep, u32 share)
{
	struct pfqk_endpoint *after;

	list_del(&ep->entry);
	ep->share = share;
	list_for_each_entry(after, &g->member, entry) {
		if (after->share > share)
			break;
	}
	list_add_tail(&ep->entry, &after->entry);
}

int pfqk_group_join(struct pfqk_group *g, struct pfqk_endpoint *ep)
{
	bool was_complete = g->is_complete;
	struct pfqk_absent *replaced = NULL;
	int err;

	lockdep_assert_held(&g->pn->lock);
	ep->share = ep->id;
	list_add_tail(&ep->entry, &g->member);
	g->members++;
	/* a member of such a group needs no START */
	if (pfq_program_is_copy(g->settings.program->core))
		replaced = pfqk_absent_take(g, ep);
	/* not before, because a member that comes back counts once */
	pfqk_group_members_changed(g);
	err = pfqk_group_publish(g, GFP_KERNEL);
	if (err) {
		pfqk_absent_restore(g, ep, replaced);
		list_del(&ep->entry);
		g->members--;
		g->is_complete = was_complete;
		return err;
	}
	pfqk_absent_free(replaced);
	ep->group = g;
	g->linktype = pfqk_group_linktype(g);
	return 0;
}

bool pfqk_group_lacks_hold(const struct pfqk_group *g, const struct pfqk_endpoint *ep)
{
	const struct pfqk_group_settings *s = &g->settings;

	return !g->hold && (g->started || g->absents) && !ep->is_started && s->frag_wait_ns &&
	       pfq_program_uses_flow(s->program->core);
}

int pfqk_group_start(struct pfqk_group *g, struct pfqk_endpoint *ep, struct pfq_hold **hold)
{
	bool was_complete = g->is_complete;
	struct pfqk_absent *replaced;
	int err;

	if (ep->is_started)
		return 0;
	replaced = pfqk_absent_take(g, ep);
	ep->is_started = true;
	g->started++;
	pfqk_group_members_changed(g);
	/* from now on there are members to choose from; the table stays */
	if (*hold && !g->hold) {
		pfq_hold_init(*hold, g->settings.frag_wait_ns);
		swap(g->hold, *hold);
	}
	err = pfqk_group_publish(g, GFP_KERNEL);
	if (err) {
		ep->is_started = false;
		g->started--;
		pfqk_absent_restore(g, ep, replaced);
		g->is_complete = was_complete;
	} else {
		pfqk_absent_free(replaced);
	}
	return err;
}

static void leave(struct pfqk_group *g, struct pfqk_endpoint *ep)
{
	pfqk_notify(PFQ_CMD_LEAVE, g, ep);
	/* first, because a group that nobody keeps waits for its members again */
	pfqk_absent_add(g, ep);
	list_del(&ep->entry);
	ep->group = NULL;
	g->members--;
	g->started -= ep->is_started;
	pfqk_group_members_changed(g);
	/* the endpoint must not be found any more, so this allocation must succeed */
	pfqk_group_publish(g, GFP_KERNEL | __GFP_NOFAIL);
	if (!g->members)
		pfqk_group_unbind_transient(g);
	pfqk_group_promisc(g);
	pfqk_group_put(g);
}

/*
 * The file of the owner is closed. A group with members goes on, until its last member leaves or
 * GROUP_ADD gives it another owner.
 */
static void orphan(struct pfqk_group *g)
{
	if (!g->members && !g->joining) {
		pfqk_group_destroy(g);
		return;
	}
	list_del_init(&g->owner_entry);
	g->kind = PFQK_GROUP_JOINED;
	g->is_orphan = true;
}

void pfqk_group_leave(struct pfqk_endpoint *ep)
{
	struct pfqk_net *pn = pfqk_netns_of(ep->net);
	struct pfqk_group *g, *next;

	pfqk_netns_lock(pn);
	/* the group may have been removed before */
	if (ep->group)
		leave(ep->group, ep);
	list_for_each_entry_safe(g, next, &ep->owned, owner_entry)
		orphan(g);
	list_for_each_entry(g, &pn->groups, entry) {
		if (g->profile.program && g->profile.owner == ep)
			pfqk_group_profile_end(g);
	}
	pfqk_netns_unlock(pn);
}

/* --- what it tells ----------------------------------------------------------------- */

/* Members get Ethernet if no device has set the link type yet. */
u32 pfqk_group_linktype(const struct pfqk_group *g)
{
	return g->linktype ? g->linktype : PFQ_LINKTYPE_ETHERNET;
}

void pfqk_group_counters(const struct pfqk_group *g, u64 *counters)
{
	u32 lane, i;

	memset(counters, 0, PFQ_GROUP_COUNTERS_MAX * sizeof(*counters));
	for (lane = 0; lane < pfqk_lanes(); lane++) {
		for (i = 0; i < PFQ_GROUP_COUNTERS_MAX; i++)
			counters[i] += READ_ONCE(g->counters[lane].counters[i]);
	}
	counters[PFQ_GROUP_pending] = pfq_hold_count(g->hold);
}
