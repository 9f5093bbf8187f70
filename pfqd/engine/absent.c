/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "absent.h"
#include "pfqd/base/log.h"
#include "registry.h"

#define NS_PER_MS	1000000ULL

/* --- find ---------------------------------------------------------------------- */

struct absent *absent_find(const struct pfqd_group *g, const char *name)
{
	struct absent *a;

	TAILQ_FOREACH(a, &g->absent, entry) {
		if (name[0] && !strcmp(a->params.name, name))
			return a;
	}
	return NULL;
}

struct absent *absent_of_id(const struct registry *e, uint32_t id)
{
	struct pfqd_group *g;
	struct absent *a;

	TAILQ_FOREACH(g, &e->groups, entry) {
		TAILQ_FOREACH(a, &g->absent, entry) {
			if (a->id == id)
				return a;
		}
	}
	return NULL;
}

/* The absent member with the least time left of those for which @is_meant returns true. */
static struct absent *find_oldest(const struct registry *e,
				  bool (*is_meant)(const struct absent *a, const void *arg),
				  const void *arg)
{
	struct absent *a, *oldest = NULL;
	struct pfqd_group *g;

	TAILQ_FOREACH(g, &e->groups, entry) {
		TAILQ_FOREACH(a, &g->absent, entry) {
			if (is_meant(a, arg) && (!oldest || a->until_ns < oldest->until_ns))
				oldest = a;
		}
	}
	return oldest;
}

static bool is_charged_to(const struct absent *a, const void *uid)
{
	return a->is_charged && a->uid == *(const uid_t *)uid;
}

struct absent *absent_charged_to(const struct registry *e, uid_t uid)
{
	return find_oldest(e, is_charged_to, &uid);
}

/* --- time ----------------------------------------------------------------------- */

static bool is_free_to_go(const struct absent *a, const void *arg)
{
	(void)arg;
	return !a->claims;
}

/* The one that goes next. */
static struct absent *find_next(const struct registry *e)
{
	return find_oldest(e, is_free_to_go, NULL);
}

/* Let the timer expire when the first absent member's time is over. */
void absent_schedule(struct registry *e)
{
	const struct absent *next = find_next(e);
	uint64_t now_ns = loop_now_ns(), ms = 1;

	if (next && next->until_ns > now_ns)
		ms = (next->until_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS;
	loop_timer_set(e->linger, next ? (unsigned int)ms : 0);
}

/* --- come and go ------------------------------------------------------------------ */

static void insert(struct pfqd_group *g, struct absent *a)
{
	struct absent *after;

	TAILQ_FOREACH(after, &g->absent, entry) {
		if (after->share > a->share)
			break;
	}
	if (after)
		TAILQ_INSERT_BEFORE(after, a, entry);
	else
		TAILQ_INSERT_TAIL(&g->absent, a, entry);
	g->absents++;
}

static void drop(struct registry *e, struct absent *a)
{
	struct pfqd_group *g = a->group;

	TAILQ_REMOVE(&g->absent, a, entry);
	g->absents--;
	if (a->is_charged)
		limits_give(e->limits, a->uid, LIMIT_ENDPOINTS, 1);
	free(a);
	group_members_changed(g);
}

static bool has_share(const struct absent *a)
{
	return pfq_program_has_shares(a->group->settings.program->core);
}

/* Others take the share of @a, for the reason @why. */
static void give_up(struct registry *e, struct absent *a, const char *why)
{
	log_write(LOG_LEVEL_INFO,
		  LOG_ABOUT(.group = a->group->settings.name, .endpoint = a->id, .uid = a->uid),
		  "group %s: %s %s%s", a->group->settings.name, a->params.name, why,
		  has_share(a) ? "; others take its share" : "");
	drop(e, a);
}

void absent_give_up(struct registry *e, struct absent *a)
{
	give_up(e, a, "makes room for another endpoint");
}

/* Has @ep a share that is worth keeping, in a group that stays without it? */
static bool is_to_be_kept(const struct registry *e, const struct endpoint *ep)
{
	const struct pfqd_group *g = ep->group;

	return e->workers && ep->params.name[0] && g->settings.linger_ns &&
	       g->kind != GROUP_PRIVATE && (g->kind == GROUP_CONFIGURED || g->members > 1) &&
	       (ep->is_started || pfq_program_is_copy(g->settings.program->core));
}

static void announce(const struct absent *a)
{
	const struct group_settings *s = &a->group->settings;
	const char *packets = s->linger_to == PFQ_LINGER_OTHERS ? "; others get its packets" :
			      "; its packets are dropped";

	log_write(LOG_LEVEL_INFO,
		  LOG_ABOUT(.group = s->name, .endpoint = a->id, .pid = a->pid, .uid = a->uid),
		  "group %s: %s keeps its %s for %llu ms%s", s->name, a->params.name,
		  has_share(a) ? "share" : "name", s->linger_ns / NS_PER_MS,
		  has_share(a) ? packets : "");
}

static void take_counters(struct absent *a, const struct endpoint *ep)
{
	endpoint_counters(ep, a->counters);
	a->read = endpoint_read_packets(ep, a->counters[PFQ_ENDPOINT_delivered]);
}

bool absent_add(struct registry *e, struct endpoint *ep)
{
	struct pfqd_group *g = ep->group;
	struct absent *a = is_to_be_kept(e, ep) ? calloc(1, sizeof(*a)) : NULL;

	if (!a)
		return false;
	a->group = g;
	a->id = ep->id;
	a->share = ep->share;
	a->params = ep->params;
	a->pid = ep->pid;
	a->uid = ep->uid;
	memcpy(a->comm, ep->comm, sizeof(a->comm));
	a->until_ns = loop_now_ns() + g->settings.linger_ns;
	a->is_charged = true;
	take_counters(a, ep);
	insert(g, a);
	absent_schedule(e);
	announce(a);
	return true;
}

void absent_count(struct registry *e, const struct endpoint *ep)
{
	struct absent *a = absent_of_id(e, ep->id);

	if (a)
		take_counters(a, ep);
}

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

bool absent_restore(struct registry *e, struct pfqd_group *g, uint32_t id, uint32_t share,
		    uid_t uid, const struct endpoint_params *p, uint64_t wait_ns)
{
	struct absent *a = g->absents < PFQ_MEMBERS_MAX ? calloc(1, sizeof(*a)) : NULL;

	if (!a)
		return false;
	a->group = g;
	a->id = id;
	a->share = share;
	a->params = *p;
	a->uid = uid;
	a->until_ns = loop_now_ns() +
		      (g->settings.linger_ns > wait_ns ? g->settings.linger_ns : wait_ns);
	insert(g, a);
	/* ids and shares of new endpoints must differ from this one's */
	e->last_endpoint_id = larger(e->last_endpoint_id, larger(id, share));
	group_members_changed(g);
	return true;
}

struct absent *absent_former(const struct pfqd_group *g, const struct endpoint *ep)
{
	struct absent *a;

	TAILQ_FOREACH(a, &g->absent, entry) {
		if (a->id == ep->id)
			return a;
	}
	return absent_find(g, ep->params.name);
}

bool absent_is_replaced(const struct absent *a)
{
	const struct endpoint *ep;

	TAILQ_FOREACH(ep, &a->group->member, entry) {
		if (ep->id == a->id ||
		    (a->params.name[0] && !strcmp(ep->params.name, a->params.name)))
			return true;
	}
	return false;
}

void absent_take(struct registry *e, struct endpoint *ep)
{
	struct pfqd_group *g = ep->group;
	struct absent *a = absent_former(g, ep);

	if (!a)
		return;
	log_write(LOG_LEVEL_INFO,
		  LOG_ABOUT(.group = g->settings.name, .endpoint = ep->id, .pid = ep->pid,
			    .uid = ep->uid),
		  "group %s: endpoint %u takes the share of %s again", g->settings.name, ep->id,
		  a->params.name[0] ? a->params.name : "the same endpoint");
	group_place(g, ep, a->share);
	drop(e, a);
	absent_schedule(e);
}

void absent_remove_all(struct registry *e, struct pfqd_group *g)
{
	struct absent *a;

	while ((a = TAILQ_FIRST(&g->absent)))
		drop(e, a);
}

void absent_expire(struct registry *e)
{
	uint64_t now_ns = loop_now_ns();
	struct absent *a;

	while ((a = find_next(e)) && a->until_ns <= now_ns)
		give_up(e, a, "has not come back");
	absent_schedule(e);
}

/* --- limits ------------------------------------------------------------------------ */

void absent_uncharge(struct registry *e, const struct pfqd_group *g, const char *name, uid_t uid)
{
	struct absent *a = absent_find(g, name);

	if (a && !a->is_charged && a->uid == uid)
		a->is_charged = true;
	else
		limits_give(e->limits, uid, LIMIT_ENDPOINTS, 1);
}
