/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/linktype.h"
#include "pfqd/base/error.h"
#include "group.h"
#include "pfqd/base/log.h"

#define LANE_ALIGN	128

/* How long fragments wait. A private group holds none, since it has one member. */
static uint64_t hold_ns(const struct pfqd_group *g, const struct group_settings *s)
{
	return g->kind == GROUP_PRIVATE || !pfq_program_uses_flow(s->program->core) ?
	       0 : s->frag_wait_ns;
}

int group_hold_prepare(struct pfqd_group *g, const struct group_settings *s)
{
	if (g->hold || !hold_ns(g, s))
		return 0;
	/* untouched pages of the table take no memory */
	g->hold = calloc(1, sizeof(*g->hold));
	return g->hold ? 0 : -ENOMEM;
}

void group_hold_update(struct pfqd_group *g)
{
	if (g->hold)
		pfq_hold_wait_set(g->hold, hold_ns(g, &g->settings));
}

int group_create(struct pfqd_group **out, enum group_kind kind, struct group_settings *settings,
		 uint32_t lanes, uint32_t seed, struct pfq_error *err)
{
	struct pfqd_group *g = calloc(1, sizeof(*g));
	size_t bytes = (lanes * sizeof(*g->lane) + LANE_ALIGN - 1) / LANE_ALIGN * LANE_ALIGN;
	int ret;

	if (g)
		g->lane = aligned_alloc(LANE_ALIGN, bytes);
	if (!g || !g->lane) {
		free(g);
		return error_set(err, -ENOMEM, "no memory");
	}
	memset(g->lane, 0, bytes);
	g->lanes = lanes;
	g->seed = seed;
	g->kind = kind;
	group_settings_take(&g->settings, settings);
	g->is_immediate = settings->is_immediate;
	g->is_changed = true;
	TAILQ_INIT(&g->member);
	TAILQ_INIT(&g->absent);
	ret = program_load(g->settings.program, NULL, lanes, seed);
	if (!ret)
		ret = group_hold_prepare(g, &g->settings);
	if (ret) {
		group_destroy(g);
		return program_load_error(ret, err);
	}
	group_hold_update(g);
	*out = g;
	return 0;
}

void group_destroy(struct pfqd_group *g)
{
	if (!g)
		return;
	group_profile_end(g);
	group_settings_free(&g->settings);
	free(g->filter_raw);
	free(g->hold);
	free(g->lane);
	free(g);
}

void group_changed(struct pfqd_group *g)
{
	g->is_changed = true;
}

void group_profile_end(struct pfqd_group *g)
{
	program_put(g->profile.program);
	program_put(g->profile.of);
	g->profile = (struct group_profile){ .program = NULL };
	group_changed(g);
}

/* Does one of the first @feeds feeds cover @b? */
static bool covers(const struct pfqd_group *g, unsigned int feeds, const struct binding *b)
{
	unsigned int i;

	for (i = 0; i < feeds; i++) {
		if (source_is_on(g->feed[i].source, b->device) &&
		    binding_covers(&g->feed[i].source->binding, b))
			return true;
	}
	return false;
}

bool group_covers(const struct pfqd_group *g, const struct binding_list *list)
{
	unsigned int i;

	for (i = 0; i < list->count; i++) {
		if (!covers(g, g->feeds, &list->binding[i]))
			return false;
	}
	return true;
}

int group_feed_overlap(const struct group_feed *feed, unsigned int feeds, const char *group,
		       const struct binding *b, struct pfq_error *err)
{
	const struct source *have;
	unsigned int i;
	char text[SOURCE_TEXT_MAX];

	for (i = 0; i < feeds; i++) {
		have = feed[i].source;
		if (!source_is_on(have, b->device) || !binding_overlaps(&have->binding, b))
			continue;
		source_describe(have, text, sizeof(text));
		if (strcmp(have->binding.device, b->device))
			return error_set(err, -EINVAL,
					 "\"%.64s\" and %.100s are one device; group %s has it; "
					 "allowed: each device once",
					 b->device, text, group);
		return error_set(err, -EINVAL,
				 "group %s has %.150s bound already; allowed: other "
				 "queues of that device",
				 group, text);
	}
	return 0;
}

/* The driver of sources of devices under the settings @s. */
static const struct ingest_driver *driver_under(const struct pfqd_group *g,
						const struct group_settings *s)
{
	/* the driver for immediate mode has no hash of the device */
	return g->is_immediate && s->driver->immediate &&
	       !pfq_program_uses_rxhash(s->program->core) ? s->driver->immediate : s->driver;
}

const struct ingest_driver *group_driver(const struct pfqd_group *g)
{
	return driver_under(g, &g->settings);
}

struct source_spec group_source_spec(const struct pfqd_group *g, const struct group_settings *s,
				     const struct binding *b)
{
	return (struct source_spec){
		.driver = driver_under(g, s),
		.binding = b,
		.file = b ? NULL : &s->file,
		.with_rxhash = pfq_program_uses_rxhash(s->program->core),
		.lane = (uint32_t)g->serial,
	};
}

static int bind_one(struct pfqd_group *g, struct source_set *set, const struct source_spec *spec,
		    bool is_transient, struct pfq_error *err)
{
	int ret;

	if (g->feeds == PFQ_GROUP_DEVICES_MAX)
		return error_set(err, -EINVAL, "group %s has %d devices; allowed: not more",
				 g->settings.name, PFQ_GROUP_DEVICES_MAX);
	ret = source_get(set, spec, &g->feed[g->feeds].source, err);
	if (ret)
		return ret;
	g->feed[g->feeds].coming = NULL;
	g->feed[g->feeds].written[0] = '\0';
	g->feed[g->feeds].binder.pid = 0;
	g->feed[g->feeds].is_transient = is_transient;
	g->feed[g->feeds].is_refused = false;
	g->feeds++;
	group_changed(g);
	return 0;
}

int group_bind(struct pfqd_group *g, struct source_set *set, const struct binding_list *list,
	       bool is_transient, struct pfq_error *err)
{
	unsigned int before = g->feeds, i;
	struct source_spec spec;
	int ret = 0;

	for (i = 0; i < list->count && !ret; i++) {
		/*
		 * only feeds from before this call are skipped: a list that names a device twice is
		 * a mistake
		 */
		if (covers(g, before, &list->binding[i]))
			continue;
		ret = group_feed_overlap(g->feed, g->feeds, g->settings.name, &list->binding[i],
					 err);
		spec = group_source_spec(g, &g->settings, &list->binding[i]);
		if (!ret)
			ret = bind_one(g, set, &spec, is_transient, err);
	}
	return ret;
}

int group_bind_settings(struct pfqd_group *g, struct source_set *set, bool may_conflict,
			struct pfq_error *err)
{
	const struct binding_list *list = &g->settings.bindings;
	struct source_spec spec = group_source_spec(g, &g->settings, NULL);
	unsigned int i;
	int ret = 0;

	if (!g->settings.driver->is_device)
		return bind_one(g, set, &spec, false, err);
	if (!may_conflict)
		return group_bind(g, set, list, false, err);
	for (i = 0; i < list->count && !ret; i++) {
		spec = group_source_spec(g, &g->settings, &list->binding[i]);
		spec.may_conflict = true;
		ret = bind_one(g, set, &spec, false, err);
	}
	return ret;
}

void group_unbind_after(struct pfqd_group *g, unsigned int feeds)
{
	while (g->feeds > feeds) {
		source_put(g->feed[--g->feeds].source);
		source_put(g->feed[g->feeds].coming);
		group_changed(g);
	}
}

void group_unbind(struct pfqd_group *g, bool transient_only)
{
	unsigned int i, kept = 0;

	for (i = 0; i < g->feeds; i++) {
		if (transient_only && !g->feed[i].is_transient) {
			g->feed[kept++] = g->feed[i];
			continue;
		}
		source_put(g->feed[i].source);
		source_put(g->feed[i].coming);
		group_changed(g);
	}
	g->feeds = kept;
}

static int adopt_linktype(struct pfqd_group *g, uint32_t linktype, struct pfq_error *err)
{
	int ret = 0;

	if (linktype == PFQ_LINKTYPE_RAW && g->settings.filter_text[0] && !g->filter_raw)
		ret = filter_compile(g->settings.filter_text, linktype, &g->filter_raw, err);
	if (ret)
		return ret;
	g->linktype = linktype;
	group_changed(g);
	return 0;
}

/*
 * Find another feed of the same device. A name that was waited for can turn out to be a second name
 * of a bound device.
 */
static const struct source *find_twin(const struct pfqd_group *g, const struct group_feed *feed)
{
	const struct source *src;
	unsigned int i;

	for (i = 0; &g->feed[i] < feed; i++) {
		src = g->feed[i].source;
		if (!source_is_file(src) && !g->feed[i].is_refused && src->ingest &&
		    src->ifindex == feed->source->ifindex &&
		    binding_overlaps(&src->binding, &feed->source->binding))
			return src;
	}
	return NULL;
}

static int check_feed(struct pfqd_group *g, const struct group_feed *feed, struct pfq_error *err)
{
	const struct source *src = feed->source, *twin;

	twin = source_is_file(src) ? NULL : find_twin(g, feed);
	if (twin)
		return error_set(err, -EINVAL,
				 "the group has this device already, as %.64s; allowed: "
				 "each device once",
				 twin->binding.device);
	if (!g->linktype)
		return adopt_linktype(g, src->linktype, err);
	if (g->linktype == src->linktype)
		return 0;
	return error_set(err, -EINVAL,
			 "its link type is %s, that of the group is %s; bind it to another group",
			 pfq_linktype_name(src->linktype), pfq_linktype_name(g->linktype));
}

static void update_feed(struct pfqd_group *g, struct group_feed *feed)
{
	bool was_refused = feed->is_refused;
	char text[SOURCE_TEXT_MAX];
	struct pfq_error err;

	feed->is_refused = feed->source->ingest && check_feed(g, feed, &err);
	if (feed->is_refused != was_refused)
		group_changed(g);
	if (!feed->is_refused || was_refused)
		return;
	snprintf(feed->why, sizeof(feed->why), "%.199s", err.text);
	source_describe(feed->source, text, sizeof(text));
	log_write(LOG_LEVEL_ERROR,
		  LOG_ABOUT(.group = g->settings.name, .device = source_device(feed->source)),
		  "group %s: %s is not used: %s", g->settings.name, text, err.text);
}

void group_feeds_update(struct pfqd_group *g)
{
	unsigned int i;

	for (i = 0; i < g->feeds; i++)
		update_feed(g, &g->feed[i]);
}

uint32_t group_linktype(const struct pfqd_group *g)
{
	return g->linktype ? g->linktype : PFQ_LINKTYPE_ETHERNET;
}

void group_linktype_fix(struct pfqd_group *g)
{
	g->linktype = group_linktype(g);
}

const struct pfq_filter *group_filter(const struct pfqd_group *g)
{
	return g->linktype == PFQ_LINKTYPE_RAW ? g->filter_raw : g->settings.filter;
}

unsigned int group_takers(const struct pfqd_group *g)
{
	return pfq_program_is_copy(g->settings.program->core) ? g->members : g->started;
}

void group_members_changed(struct pfqd_group *g)
{
	uint32_t wanted = g->settings.members_wanted ? g->settings.members_wanted : 1;
	bool was_complete = g->is_complete;

	if (!g->members && !g->absents)
		g->is_complete = false;
	else if (group_takers(g) + g->absents >= wanted)
		g->is_complete = true;
	if (g->settings.members_wanted && g->is_complete && !was_complete)
		log_write(LOG_LEVEL_INFO, LOG_ABOUT(.group = g->settings.name),
			  "group %s: %u of %u members are here, %u absent: it gives packets now",
			  g->settings.name, group_takers(g), wanted, g->absents);
	group_changed(g);
}

bool group_is_holding(const struct pfqd_group *g)
{
	return g->settings.members_wanted && !g->is_complete;
}

void group_add(struct pfqd_group *g, struct endpoint *ep)
{
	ep->group = g;
	ep->share = ep->id;
	TAILQ_INSERT_TAIL(&g->member, ep, entry);
	g->members++;
	group_changed(g);
}

void group_remove(struct pfqd_group *g, struct endpoint *ep)
{
	TAILQ_REMOVE(&g->member, ep, entry);
	g->members--;
	g->started -= ep->is_started;
	group_members_changed(g);
	if (!g->members)
		group_unbind(g, true);
}

void group_start(struct pfqd_group *g, struct endpoint *ep)
{
	if (ep->is_started)
		return;
	ep->is_started = true;
	g->started++;
	group_members_changed(g);
}

void group_place(struct pfqd_group *g, struct endpoint *ep, uint32_t share)
{
	struct endpoint *after;

	TAILQ_REMOVE(&g->member, ep, entry);
	ep->share = share;
	TAILQ_FOREACH(after, &g->member, entry) {
		if (after->share > share)
			break;
	}
	if (after)
		TAILQ_INSERT_BEFORE(after, ep, entry);
	else
		TAILQ_INSERT_TAIL(&g->member, ep, entry);
	group_changed(g);
}

bool group_wants_immediate(const struct pfqd_group *g)
{
	const struct endpoint *ep;

	TAILQ_FOREACH(ep, &g->member, entry) {
		if (ep->params.is_immediate)
			return true;
	}
	return false;
}

bool group_wants_promisc(const struct pfqd_group *g)
{
	const struct endpoint *ep;

	if (g->settings.promisc)
		return true;
	TAILQ_FOREACH(ep, &g->member, entry) {
		if (ep->params.promisc)
			return true;
	}
	return false;
}

/* The lanes that @src feeds; NULL: none. */
static uint64_t lanes_of(const struct pfqd_group *g, const struct source *src)
{
	uint64_t mask = 0;
	uint32_t lane;

	for (lane = 0; src && src->ingest && lane < g->lanes; lane++) {
		if (src->ingest[lane])
			mask |= 1ULL << lane;
	}
	return mask;
}

uint64_t group_lanes_fed(const struct pfqd_group *g)
{
	uint64_t mask = 0;
	unsigned int i;

	for (i = 0; i < g->feeds; i++) {
		if (!g->feed[i].is_refused)
			mask |= lanes_of(g, g->feed[i].source) | lanes_of(g, g->feed[i].coming);
	}
	return mask;
}

void group_counters(const struct pfqd_group *g, uint64_t counters[PFQ_GROUP_COUNTERS_MAX])
{
	uint32_t lane;
	unsigned int i;

	memset(counters, 0, PFQ_GROUP_COUNTERS_MAX * sizeof(*counters));
	for (lane = 0; lane < g->lanes; lane++) {
		for (i = 0; i < PFQ_GROUP_COUNTERS_MAX; i++)
			counters[i] += READ_ONCE(g->lane[lane].counters[i]);
	}
	counters[PFQ_GROUP_pending] = pfq_hold_count(g->hold);
}

void group_bindings_print(const struct pfqd_group *g, char *text, size_t size)
{
	char one[BINDING_TEXT_MAX + 1];
	unsigned int i;
	size_t used = 0;

	*text = '\0';
	for (i = 0; i < g->feeds && used + 1 < size; i++) {
		group_feed_print(&g->feed[i], one, sizeof(one));
		used += snprintf(text + used, size - used, "%s%s", i ? "," : "", one);
	}
}
