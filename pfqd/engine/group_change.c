/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "group_change.h"
#include "pfqd/base/error.h"

/* --- feeds -------------------------------------------------------------------- */

static bool is_same_file(const struct settings_file *a, const struct settings_file *b)
{
	return !strcmp(a->path, b->path) && a->speed == b->speed && a->loops == b->loops &&
	       a->stamp == b->stamp;
}

/* Is @src open in one of the two ways of @driver? */
static bool is_of_driver(const struct source *src, const struct ingest_driver *driver)
{
	return src->driver == driver || (driver->immediate && src->driver == driver->immediate);
}

/* Do the settings name these queues of the device by the name @name? */
static bool is_listed(const struct group_settings *s, const char *name, const struct binding *b)
{
	unsigned int i;

	for (i = 0; i < s->bindings.count; i++) {
		if (!strcmp(s->bindings.binding[i].device, name) &&
		    binding_queues_equal(&s->bindings.binding[i], b))
			return true;
	}
	return false;
}

/* Is it a feed of these queues of the device, under any name? */
static bool is_of(const struct group_feed *feed, const struct binding *b)
{
	return binding_queues_equal(&feed->source->binding, b) &&
	       source_is_on(feed->source, b->device);
}

static bool is_taken(const struct group_change *c, const struct group_feed *feed)
{
	unsigned int i;

	for (i = 0; i < c->feeds; i++) {
		if (c->feed[i].source == feed->source)
			return true;
	}
	return false;
}

/*
 * The present feed that @binding can keep: the one of this name, or one whose name is no longer
 * wanted. NULL: none.
 */
static const struct group_feed *find_device_feed(const struct group_change *c,
						 const struct binding *binding)
{
	const struct pfqd_group *g = c->group;
	const struct group_feed *feed, *other = NULL;
	unsigned int i;

	for (i = 0; i < g->feeds; i++) {
		feed = &g->feed[i];
		if (!is_of_driver(feed->source, c->settings.driver) || !is_of(feed, binding))
			continue;
		if (!strcmp(group_feed_name(feed), binding->device))
			return feed;
		if (feed->source->ifindex && !is_taken(c, feed) &&
		    !is_listed(&c->settings, group_feed_name(feed), binding))
			other = feed;
	}
	return other;
}

/* The present feed that the file of the settings can keep; NULL: none. */
static const struct group_feed *find_file_feed(const struct group_change *c)
{
	const struct pfqd_group *g = c->group;
	unsigned int i;

	for (i = 0; i < g->feeds; i++) {
		if (is_of_driver(g->feed[i].source, c->settings.driver) &&
		    is_same_file(&g->feed[i].source->file, &c->settings.file))
			return &g->feed[i];
	}
	return NULL;
}

/* Keep both sources of a handover in progress. The device is called as @binding has it. */
static void keep_feed(struct group_change *c, const struct group_feed *feed,
		      const struct binding *binding, bool is_transient)
{
	struct group_feed *kept = &c->feed[c->feeds];

	*kept = *feed;
	kept->is_transient = is_transient;
	kept->written[0] = '\0';
	if (binding && strcmp(binding->device, feed->source->binding.device))
		strcpy(kept->written, binding->device);
	feed->source->refs++;
	if (feed->coming)
		feed->coming->refs++;
	c->is_kept |= 1U << c->feeds++;
}

/* @have: the present feed; NULL: none can be kept. */
static int get_feed(struct group_change *c, struct source_set *set, const struct group_feed *have,
		    const struct binding *binding, bool is_transient, struct pfq_error *err)
{
	const struct source_spec spec = group_source_spec(c->group, &c->settings, binding);
	struct group_feed *feed = &c->feed[c->feeds];
	int ret = 0;

	if (c->feeds == PFQ_GROUP_DEVICES_MAX)
		return error_set(err, -EINVAL, "with those that programs have bound, it has more "
				 "than %d devices; allowed: not more", PFQ_GROUP_DEVICES_MAX);
	/* two names of one device may stay: one of them is not used */
	if (binding && (!have || is_transient))
		ret = group_feed_overlap(c->feed, c->feeds, c->settings.name, binding, err);
	if (!ret && have) {
		keep_feed(c, have, binding, is_transient);
		return 0;
	}
	if (!ret)
		ret = source_get(set, &spec, &feed->source, err);
	if (ret)
		return ret;
	feed->is_transient = is_transient;
	c->feeds++;
	return 0;
}

/* Do the wanted feeds have all queues of @src? */
static bool has_all(const struct group_change *c, const struct source *src)
{
	unsigned int i;

	for (i = 0; i < c->feeds; i++) {
		if (source_is_on(c->feed[i].source, source_device(src)) &&
		    binding_covers(&c->feed[i].source->binding, &src->binding))
			return true;
	}
	return false;
}

/* Keep what programs have bound, unless the settings name the same queues. */
static int keep_transient(struct group_change *c, struct source_set *set, struct pfq_error *err)
{
	const struct pfqd_group *g = c->group;
	const struct group_feed *feed;
	const struct source *src;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < g->feeds && !ret; i++) {
		feed = &g->feed[i];
		src = feed->source;
		if (!(feed->is_transient || g->kind == GROUP_JOINED) || has_all(c, src))
			continue;
		if (!c->settings.driver->is_device)
			return error_set(err, -EINVAL, "a program has bound %.64s to it; it can "
					 "read a file once that program has ended",
					 source_device(src));
		ret = get_feed(c, set, is_of_driver(src, c->settings.driver) ? feed : NULL,
			       &src->binding, true, err);
	}
	return ret;
}

static int get_feeds(struct group_change *c, struct source_set *set, struct pfq_error *err)
{
	const struct group_settings *s = &c->settings;
	const struct binding *b;
	unsigned int i;
	int ret = 0;

	if (!s->driver->is_device)
		ret = get_feed(c, set, find_file_feed(c), NULL, false, err);
	for (i = 0; s->driver->is_device && i < s->bindings.count && !ret; i++) {
		b = &s->bindings.binding[i];
		ret = get_feed(c, set, find_device_feed(c, b), b, false, err);
	}
	return ret ? ret : keep_transient(c, set, err);
}

static void leave(const struct group_feed *feed, unsigned int feeds, bool leaves)
{
	unsigned int i;

	for (i = 0; i < feeds; i++) {
		source_leaving(feed[i].source, leaves);
		source_leaving(feed[i].coming, leaves);
	}
}

static void put_feeds(struct group_change *c)
{
	while (c->feeds) {
		source_put(c->feed[--c->feeds].source);
		source_put(c->feed[c->feeds].coming);
	}
}

/* In immediate mode, a steering by the device's hash needs other sources than the rest. */
static bool needs_handover(const struct pfqd_group *g, const struct group_settings *s)
{
	return g->is_immediate && s->driver->immediate &&
	       pfq_program_uses_rxhash(g->settings.program->core) !=
	       pfq_program_uses_rxhash(s->program->core);
}

/* --- the link type --------------------------------------------------------------- */

/*
 * Members were told the link type, so it stays while there are members. Otherwise the new devices
 * decide.
 */
static int prepare_linktype(struct group_change *c, struct pfq_error *err)
{
	const struct pfqd_group *g = c->group;

	if (!g->members)
		return 0;
	c->linktype = g->linktype;
	if (g->linktype != PFQ_LINKTYPE_RAW || !c->settings.filter_text[0])
		return 0;
	return filter_compile(c->settings.filter_text, g->linktype, &c->filter_raw, err);
}

/* --- the change ------------------------------------------------------------------ */

void group_change_begin(struct group_change *c, struct pfqd_group *g)
{
	c->group = g;
	c->kind = g->kind;
	leave(g->feed, g->feeds, true);
}

int group_change_prepare(struct group_change *c, struct source_set *set,
			 struct group_settings *settings, struct pfq_error *err)
{
	struct pfqd_group *g = c->group;
	int ret;

	c->is_complete = g->is_complete;
	c->is_immediate = g->is_immediate;
	c->handover = g->handover;
	c->keeps_settings = !settings;
	ret = settings ? group_settings_check_filter(settings, err) : 0;
	if (!settings || ret)
		return ret;
	c->kind = GROUP_CONFIGURED;
	group_settings_take(&c->settings, settings);
	ret = program_load(c->settings.program, g->settings.program, g->lanes, g->seed);
	if (ret)
		return program_load_error(ret, err);
	if (!c->settings.id)
		c->settings.id = g->settings.id;
	c->handover.is_asked |= needs_handover(g, &c->settings);
	ret = get_feeds(c, set, err);
	if (!ret)
		ret = prepare_linktype(c, err);
	if (!ret && group_hold_prepare(g, &c->settings))
		ret = error_set(err, -ENOMEM, "no memory");
	return ret;
}

static void swap_feeds(struct group_change *c)
{
	struct pfqd_group *g = c->group;
	unsigned int i, feeds = g->feeds;
	struct handover handover;
	struct group_feed feed;
	bool is_immediate;

	for (i = 0; i < PFQ_GROUP_DEVICES_MAX; i++) {
		feed = g->feed[i];
		g->feed[i] = c->feed[i];
		c->feed[i] = feed;
	}
	g->feeds = c->feeds;
	c->feeds = feeds;
	handover = g->handover;
	g->handover = c->handover;
	c->handover = handover;
	is_immediate = g->is_immediate;
	g->is_immediate = c->is_immediate;
	c->is_immediate = is_immediate;
}

static void swap_settings(struct group_change *c)
{
	struct pfqd_group *g = c->group;
	struct group_settings settings = g->settings;
	struct pfq_filter *filter_raw = g->filter_raw;
	enum group_kind kind = g->kind;
	uint32_t linktype = g->linktype;
	bool is_complete = g->is_complete;

	g->settings = c->settings;
	g->filter_raw = c->filter_raw;
	g->kind = c->kind;
	g->linktype = c->linktype;
	g->is_complete = c->is_complete;
	c->settings = settings;
	c->filter_raw = filter_raw;
	c->kind = kind;
	c->linktype = linktype;
	c->is_complete = is_complete;
	group_hold_update(g);
	group_members_changed(g);
}

void group_change_swap(struct group_change *c)
{
	swap_feeds(c);
	if (!c->keeps_settings)
		swap_settings(c);
	group_changed(c->group);
}

bool group_change_yield(struct group_change *c)
{
	bool has_any = false;
	unsigned int i;

	for (i = 0; i < c->feeds; i++) {
		if (!source_is_awaited(c->feed[i].source))
			continue;
		source_yield(c->feed[i].source);
		has_any = true;
	}
	return has_any;
}

void group_change_reclaim(const struct group_change *c)
{
	unsigned int i;

	for (i = 0; i < c->group->feeds; i++)
		source_reclaim(c->group->feed[i].source);
}

void group_change_finish(struct group_change *c)
{
	struct pfqd_group *g = c->group;
	unsigned int i;

	leave(c->feed, c->feeds, false);
	put_feeds(c);
	for (i = 0; i < g->feeds && pfq_program_uses_rxhash(g->settings.program->core); i++)
		source_want_rxhash(g->feed[i].source);
	if (c->keeps_settings)
		return;
	group_settings_free(&c->settings);
	free(c->filter_raw);
}

void group_change_drop(struct group_change *c)
{
	leave(c->group->feed, c->group->feeds, false);
	put_feeds(c);
	if (c->keeps_settings)
		return;
	group_settings_free(&c->settings);
	free(c->filter_raw);
}
