/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Feeds whose device is not the one that their name means any more, and those of programs. */
#include "config.h"

#include <string.h>

#include "pfqd/base/log.h"
#include "group.h"

/* Has the device gone, which both names meant? A handover in progress ends first. */
static bool is_to_part(const struct group_feed *feed, const struct source_set *set)
{
	const struct source *src = feed->source;

	return feed->written[0] && !feed->coming && !devices_index(set->devices, src->ifindex);
}

static void part(struct pfqd_group *g, struct source_set *set, struct group_feed *feed)
{
	struct binding own = feed->source->binding;
	struct source_spec spec = group_source_spec(g, &g->settings, &own);
	struct source *src;
	struct pfq_error err;

	strcpy(own.device, feed->written);
	spec.may_conflict = true;
	/* if there is no memory, the next call tries again */
	if (source_get(set, &spec, &src, &err))
		return;
	source_leave_to(feed->source, src, true);
	source_put(feed->source);
	feed->source = src;
	feed->written[0] = '\0';
	group_changed(g);
}

void group_feeds_part(struct pfqd_group *g, struct source_set *set)
{
	unsigned int i;

	for (i = 0; i < g->feeds; i++) {
		if (is_to_part(&g->feed[i], set))
			part(g, set, &g->feed[i]);
	}
}

void group_feeds_bound_by(struct pfqd_group *g, unsigned int first, const struct endpoint *ep)
{
	char text[BINDING_TEXT_MAX + 1];
	struct group_feed *feed;

	for (; first < g->feeds; first++) {
		feed = &g->feed[first];
		if (!feed->is_transient)
			continue;
		feed->binder.pid = ep->pid;
		feed->binder.uid = ep->uid;
		memcpy(feed->binder.comm, ep->comm, sizeof(feed->binder.comm));
		group_feed_print(feed, text, sizeof(text));
		log_write(LOG_LEVEL_WARNING,
			  LOG_ABOUT(.group = g->settings.name, .endpoint = ep->id, .pid = ep->pid,
				    .uid = ep->uid, .device = source_device(feed->source)),
			  "group %s: %s (process %d, user %u) binds %.64s to it, until its last "
			  "member leaves", g->settings.name, ep->comm, ep->pid, ep->uid, text);
	}
}

/* The transient feed of exactly these queues; NULL: none. */
static struct group_feed *find_transient(struct pfqd_group *g, const struct binding *b)
{
	unsigned int i;

	for (i = 0; i < g->feeds; i++) {
		if (g->feed[i].is_transient && source_is_on(g->feed[i].source, b->device) &&
		    binding_queues_equal(&g->feed[i].source->binding, b))
			return &g->feed[i];
	}
	return NULL;
}

unsigned int group_feeds_unbind(struct pfqd_group *g, const struct binding_list *list)
{
	struct group_feed *feed;
	unsigned int i;

	for (i = 0; i < list->count; i++) {
		if (!find_transient(g, &list->binding[i]))
			return 0;
	}
	for (i = 0; i < list->count; i++) {
		feed = find_transient(g, &list->binding[i]);
		if (!feed)
			continue;
		source_put(feed->source);
		source_put(feed->coming);
		g->feeds--;
		memmove(feed, feed + 1, (size_t)(&g->feed[g->feeds] - feed) * sizeof(*feed));
	}
	group_changed(g);
	return list->count;
}
