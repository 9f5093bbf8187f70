/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The names of a group's devices. A group can have another name for a device than the source that it
 * shares: so a change of the name in pfqd.conf opens nothing again, and loses no packet.
 */
#include "config.h"

#include <string.h>

#include "group.h"

const char *group_feed_name(const struct group_feed *feed)
{
	return feed->written[0] ? feed->written : feed->source->binding.device;
}

void group_feed_print(const struct group_feed *feed, char *text, size_t size)
{
	struct binding b = feed->source->binding;

	if (source_is_file(feed->source)) {
		source_print(feed->source, text, size);
		return;
	}
	if (feed->written[0])
		strcpy(b.device, feed->written);
	binding_print(&b, text, size);
}

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
