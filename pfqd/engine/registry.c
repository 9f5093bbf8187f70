/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

#include "registry.h"
#include "lib/reason.h"
#include "pfqd/base/error.h"
#include "pfqd/base/log.h"
#include "plan.h"
#include "profile.h"
#include "pfqd/host/uevent.h"
#include "pfqd/base/value.h"

/* after a source could not be opened, or memory for a plan was missing */
#define ENGINE_RETRY_MS	2000
#define ENGINE_AGAIN_MS	1	/* if a source only waited for the sweep */

uint64_t registry_now_ns(void)
{
	return loop_now_ns();
}

/* --- plans ------------------------------------------------------------------ */

void registry_sync(struct registry *e)
{
	bool is_handing_over = false;
	struct source *src;
	struct pfqd_group *g;
	unsigned int i;

	TAILQ_FOREACH(g, &e->groups, entry) {
		group_feeds_part(g, &e->sources);
		handover_prepare(g, &e->sources, &e->clock);
		is_handing_over |= g->handover.state != HANDOVER_NONE;
	}
	/* the kernel begins a moment later, while the new sources open */
	if (is_handing_over)
		handover_stamp(&e->stamp_fd, true);
	TAILQ_FOREACH(src, &e->sources.live, entry) {
		source_sync(src);
		src->is_wanted = false;
	}
	TAILQ_FOREACH(g, &e->groups, entry) {
		group_feeds_update(g);
		for (i = 0; i < g->feeds; i++) {
			g->feed[i].source->is_wanted |= !g->feed[i].is_refused;
			if (g->feed[i].coming)
				g->feed[i].coming->is_wanted |= !g->feed[i].is_refused;
		}
	}
}

static bool wants_promisc(const struct pfqd_group *g, const struct source *src)
{
	unsigned int i;

	for (i = 0; i < g->feeds; i++) {
		if (g->feed[i].source == src && !g->feed[i].is_refused)
			return group_wants_promisc(g);
	}
	return false;
}

/*
 * Switch the promiscuous mode on for the devices whose groups want it. A source needs one entry at
 * most. Returns false if it has to be tried again.
 */
static bool sync_promisc(struct registry *e)
{
	uint32_t ifindex[LIMIT_SOURCES_TOTAL];
	unsigned int count = 0;
	struct source *src;
	struct pfqd_group *g;

	TAILQ_FOREACH(src, &e->sources.live, entry) {
		if (source_is_file(src) || !src->ingest)
			continue;
		TAILQ_FOREACH(g, &e->groups, entry) {
			if (wants_promisc(g, src))
				break;
		}
		if (g && count < LIMIT_SOURCES_TOTAL)
			ifindex[count++] = src->ifindex;
	}
	return promisc_set(e->promisc, ifindex, count);
}

static void sweep(struct registry *e)
{
	struct endpoint *ep;
	struct pfqd_group *g;

	source_sweep(&e->sources);
	while ((ep = TAILQ_FIRST(&e->dead_endpoints))) {
		TAILQ_REMOVE(&e->dead_endpoints, ep, entry);
		absent_count(e, ep);
		endpoint_destroy(ep, e->maker);
	}
	while ((g = TAILQ_FIRST(&e->dead_groups))) {
		TAILQ_REMOVE(&e->dead_groups, g, entry);
		plan_forget(g);
		group_destroy(g);
	}
}

/*
 * Log changed states of sources. Start the retry timer if a source has to be opened again, or the
 * promiscuous mode is not @has_promisc.
 */
static void settle_sources(struct registry *e, bool has_promisc)
{
	unsigned int ms = has_promisc ? 0 : ENGINE_RETRY_MS;
	struct source *src;

	TAILQ_FOREACH(src, &e->sources.live, entry) {
		source_announce(src);
		if (src->retry && src->open_errno && !ms)
			ms = ENGINE_RETRY_MS;
		else if (source_waits(src))
			ms = ENGINE_AGAIN_MS;
	}
	loop_timer_set(e->retry, ms);
}

/* Go on with the handovers in progress, and run registry_update() again for them. */
static void settle_handovers(struct registry *e)
{
	bool is_in_progress = false;
	unsigned int ms, next_ms = 0;
	struct pfqd_group *g;

	TAILQ_FOREACH(g, &e->groups, entry) {
		ms = handover_settle(g, e->workers, &e->clock);
		is_in_progress |= g->handover.state != HANDOVER_NONE;
		if (ms && (!next_ms || ms < next_ms))
			next_ms = ms;
	}
	handover_stamp(&e->stamp_fd, is_in_progress);
	loop_timer_set(e->handovers, next_ms);
}

int registry_update(struct registry *e, struct pfq_error *err)
{
	struct pfqd_group *g;
	struct plan *plan;
	int ret;

	/* after registry_halt(): registry_destroy() frees what was removed */
	if (!e->workers)
		return 0;
	registry_sync(e);
	TAILQ_FOREACH(g, &e->groups, entry)
		group_program_devices(g);
	plan = plan_create(&e->groups, &e->sources.live);
	ret = plan ? workers_publish(e->workers, plan) : -ENOMEM;
	if (ret) {
		plan_discard(plan, &e->groups);
		return error_set(err, ret, "the workers cannot take the change: %s",
				 pfq_reason(PFQ_REASON_PFQD, ret));
	}
	plan_free(e->plan);
	e->plan = plan;
	if (plan_settle(&e->groups, &e->sources.live) && e->on_shares)
		e->on_shares(e->on_shares_arg);
	sweep(e);
	/* after the sweep: the workers still read the sources that a handover gives up now */
	settle_handovers(e);
	settle_sources(e, sync_promisc(e));
	return 0;
}

void registry_update_later(struct registry *e)
{
	struct pfq_error err;

	if (!registry_update(e, &err))
		return;
	log_error("%s: trying again", err.text);
	loop_timer_set(e->retry, ENGINE_RETRY_MS);
}

static void on_retry(void *arg, uint32_t events)
{
	(void)events;
	registry_update_later(arg);
}

static void on_linger(void *arg, uint32_t events)
{
	(void)events;
	absent_expire(arg);
	registry_update_later(arg);
}

static void on_profiles(void *arg, uint32_t events)
{
	(void)events;
	profile_expire(arg);
	registry_update_later(arg);
}

static void on_devices(void *arg)
{
	registry_update_later(arg);
}

static void on_queues(void *arg)
{
	struct registry *e = arg;
	bool is_about = false;
	struct source *src;

	TAILQ_FOREACH(src, &e->sources.live, entry)
		is_about |= source_lacks_queues(src) ||
			    (!source_is_file(src) && !src->binding.all);
	if (is_about)
		registry_update_later(e);
}

/*
 * A worker reports that a source changed its state or has cut frames. rtnetlink reports devices
 * that go down or up.
 */
static void on_notify(void *arg, uint32_t events)
{
	struct registry *e = arg;
	struct source *src;
	bool changed = false;
	uint64_t count;
	int state;

	(void)events;
	if (read(e->notify_fd, &count, sizeof(count)) != sizeof(count))
		return;
	TAILQ_FOREACH(src, &e->sources.live, entry) {
		changed |= source_has_cut(src);
		if (src->plan_index == SOURCE_NOT_PLANNED || !src->ingest)
			continue;
		state = workers_source_state(e->workers, src->plan_index);
		if (state == -EIO)
			source_break(src);
		else if (state == -ENODATA)
			source_end(src);
		changed |= !src->ingest;
	}
	if (changed)
		registry_update_later(e);
}

/* --- life ------------------------------------------------------------------- */

static int start_workers(struct registry *e, const struct registry_params *params,
			 struct pfq_error *err)
{
	int ret;

	e->notify_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (e->notify_fd < 0)
		return error_set(err, -errno, "eventfd: %s", pfq_reason(PFQ_REASON_PFQD, errno));
	e->sources.notify_fd = e->notify_fd;
	ret = clock_watch_open(&e->clock);
	if (ret)
		return error_set(err, ret, "timerfd: %s", pfq_reason(PFQ_REASON_PFQD, ret));
	ret = loop_watch_add(e->loop, e->notify_fd, EPOLLIN, on_notify, e, &e->notify);
	if (!ret)
		ret = loop_timer_add(e->loop, on_retry, e, &e->retry);
	if (!ret)
		ret = loop_timer_add(e->loop, on_retry, e, &e->handovers);
	if (!ret)
		ret = loop_timer_add(e->loop, on_linger, e, &e->linger);
	if (!ret)
		ret = loop_timer_add(e->loop, on_profiles, e, &e->profiles);
	if (ret)
		return error_set(err, ret, "event loop: %s", pfq_reason(PFQ_REASON_PFQD, ret));
	ret = workers_start(&e->workers, params->workers, params->cpus, e->seed, e->notify_fd, err);
	if (ret)
		e->workers = NULL;
	return ret;
}

static int start(struct registry *e, const struct registry_params *params, struct pfq_error *err)
{
	int ret;

	if (promisc_open(&e->promisc))
		return error_set(err, -ENOMEM, "no memory");
	ret = devices_open(&e->devices, e->loop, on_devices, e, err);
	e->sources.devices = e->devices;
	if (!ret)
		(void)uevents_open(&e->uevents, e->loop, on_queues, e);
	if (!ret)
		ret = maker_create(&e->maker, e->loop, err);
	if (!ret)
		ret = start_workers(e, params, err);
	return ret ? ret : registry_update(e, err);
}

int registry_create(struct registry **out, const struct registry_params *params,
		    struct pfq_error *err)
{
	struct registry *e = calloc(1, sizeof(*e));
	uint16_t fanout_id;
	int ret;

	if (!e)
		return error_set(err, -ENOMEM, "no memory");
	e->loop = params->loop;
	e->is_kernel = params->is_kernel;
	e->lanes = params->workers;
	e->started_ns = registry_now_ns();
	e->notify_fd = e->stamp_fd = e->clock.fd = -1;
	TAILQ_INIT(&e->groups);
	TAILQ_INIT(&e->dead_groups);
	TAILQ_INIT(&e->dead_endpoints);
	if (params->cpus)
		value_cpus_print(params->cpus, e->cpus, sizeof(e->cpus));
	if (getrandom(&e->seed, sizeof(e->seed), 0) != sizeof(e->seed) ||
	    getrandom(&fanout_id, sizeof(fanout_id), 0) != sizeof(fanout_id)) {
		free(e);
		return error_set(err, -EIO, "no random numbers: %s",
				 pfq_reason(PFQ_REASON_PFQD, errno));
	}
	if (params->has_seed)
		e->seed = params->seed;
	source_set_init(&e->sources, e->lanes, fanout_id);
	ret = limits_create(&e->limits);
	if (ret)
		error_set(err, ret, "no memory");
	if (!ret && !e->is_kernel)
		ret = start(e, params, err);
	if (ret) {
		registry_destroy(e);
		return ret;
	}
	*out = e;
	return 0;
}

static void remove_everything(struct registry *e)
{
	struct endpoint *ep;
	struct pfqd_group *g;

	while ((g = TAILQ_FIRST(&e->groups))) {
		while ((ep = TAILQ_FIRST(&g->member))) {
			group_remove(g, ep);
			TAILQ_INSERT_TAIL(&e->dead_endpoints, ep, entry);
		}
		registry_group_remove(e, g);
	}
}

void registry_halt(struct registry *e)
{
	struct plan empty = { .sources = 0 };

	if (!e || !e->workers)
		return;
	if (workers_publish(e->workers, &empty))
		log_error("waiting fragments cannot be delivered: no memory");
	workers_stop(e->workers);
	e->workers = NULL;
}

void registry_destroy(struct registry *e)
{
	if (!e)
		return;
	registry_halt(e);
	remove_everything(e);
	sweep(e);
	maker_destroy(e->maker);
	plan_free(e->plan);
	loop_watch_del(e->notify);
	loop_watch_del(e->retry);
	loop_watch_del(e->handovers);
	loop_watch_del(e->linger);
	loop_watch_del(e->profiles);
	handover_stamp(&e->stamp_fd, false);
	clock_watch_close(&e->clock);
	if (e->notify_fd >= 0)
		close(e->notify_fd);
	uevents_close(e->uevents);
	devices_close(e->devices);
	promisc_close(e->promisc);
	limits_destroy(e->limits);
	free(e);
}

/* --- groups ----------------------------------------------------------------- */

/* The highest free id; administrators tend to choose low ones. 0: none is free. */
static uint32_t free_id(const struct registry *e)
{
	uint32_t id = PFQ_GROUP_ID_MAX;

	while (id && registry_group_of_id(e, id))
		id--;
	return id;
}

static int add(struct registry *e, enum group_kind kind, struct group_settings *settings,
	       bool may_conflict, struct pfqd_group **out, struct pfq_error *err)
{
	struct pfqd_group *g = NULL;
	int ret;

	if (e->group_count >= PFQ_LIMIT_GROUPS)
		return error_set(err, -EDQUOT, "too many groups; allowed: %d",
				 PFQ_LIMIT_GROUPS);
	ret = group_settings_check_filter(settings, err);
	if (!ret)
		ret = group_create(&g, kind, settings, e->lanes, e->seed, err);
	if (ret)
		return ret;
	if (kind != GROUP_PRIVATE && !g->settings.id)
		g->settings.id = free_id(e);
	g->serial = ++e->last_group_serial;
	TAILQ_INSERT_TAIL(&e->groups, g, entry);
	e->group_count++;
	ret = group_bind_settings(g, &e->sources, may_conflict, err);
	if (ret) {
		registry_group_remove(e, g);
		return ret;
	}
	*out = g;
	return 0;
}

int registry_group_add(struct registry *e, enum group_kind kind, struct group_settings *settings,
		       struct pfqd_group **out, struct pfq_error *err)
{
	return add(e, kind, settings, false, out, err);
}

int registry_group_start(struct registry *e, struct group_settings *settings, struct pfq_error *err)
{
	struct pfqd_group *g;

	return add(e, GROUP_CONFIGURED, settings, true, &g, err);
}

void registry_group_remove(struct registry *e, struct pfqd_group *g)
{
	registry_program_uncharge(e, g);
	group_unbind(g, false);
	absent_remove_all(e, g);
	TAILQ_REMOVE(&e->groups, g, entry);
	TAILQ_INSERT_TAIL(&e->dead_groups, g, entry);
	e->group_count--;
}

void registry_endpoint_add(struct registry *e, struct pfqd_group *g, struct endpoint *ep)
{
	group_add(g, ep);
	if (pfq_program_is_copy(g->settings.program->core))
		absent_take(e, ep);
	/* not before, because a member that comes back counts once */
	group_members_changed(g);
}

void registry_endpoint_start(struct registry *e, struct endpoint *ep)
{
	if (!ep->is_started)
		absent_take(e, ep);
	group_start(ep->group, ep);
}

void registry_endpoint_remove(struct registry *e, struct endpoint *ep)
{
	struct pfqd_group *g = ep->group;
	bool is_kept;

	log_write(LOG_LEVEL_DEBUG,
		  LOG_ABOUT(.group = g->settings.name, .endpoint = ep->id, .pid = ep->pid,
			    .uid = ep->uid),
		  "group %s: endpoint %u of %s leaves", g->settings.name, ep->id, ep->comm);
	/* first, because a group that nobody keeps waits for its members again */
	is_kept = absent_add(e, ep);
	group_remove(g, ep);
	TAILQ_INSERT_TAIL(&e->dead_endpoints, ep, entry);
	if (!is_kept)
		absent_uncharge(e, g, ep->params.name, ep->uid);
	limits_give(e->limits, ep->uid, LIMIT_RING_BYTES, ep->charged_bytes);
	limits_give(e->limits, ep->uid, LIMIT_FILTER_INSNS, ep->filter_insns);
	if (!g->members && g->kind != GROUP_CONFIGURED)
		registry_group_remove(e, g);
	registry_update_later(e);
}
