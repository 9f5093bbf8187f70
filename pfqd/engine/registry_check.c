/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Checks before a group is published: can its sources be used? */
#include "config.h"

#include <errno.h>

#include "registry.h"
#include "pfqd/base/error.h"
#include "pfqd/base/log.h"

static int check_feed(struct registry *e, struct group_feed *feed, struct pfq_error *err)
{
	const struct source *src = feed->source;
	char text[SOURCE_TEXT_MAX];

	if (src->open_errno) {
		*err = src->error;
		return src->open_errno;
	}
	source_describe(src, text, sizeof(text));
	if (feed->is_refused)
		return error_set(err, -EINVAL, "%.64s: %.180s", text, feed->why);
	if (source_is_file(src) || src->state == PFQ_DEVICE_UP)
		return 0;
	if (!devices_find(e->devices, source_device(src)))
		return error_set(err, -ENOENT, "no device \"%.128s\" here", src->binding.device);
	return error_set(err, -ENETDOWN, "device %.128s is down; set it up", source_device(src));
}

/*
 * Check the feeds of @g that cover @b. If the group has the device by several names, one usable
 * feed is enough.
 */
static int check_named(struct registry *e, struct pfqd_group *g, const struct binding *b,
		       struct pfq_error *err)
{
	struct pfq_error why;
	unsigned int i;
	int ret, first = 0;

	for (i = 0; i < g->feeds; i++) {
		if (!source_is_on(g->feed[i].source, b->device) ||
		    !binding_covers(&g->feed[i].source->binding, b))
			continue;
		ret = check_feed(e, &g->feed[i], &why);
		/* a feed of all queues of the device covers those that it does not have */
		if (!ret)
			ret = source_check_queues(g->feed[i].source, b, g->feed[i].source->ifindex,
						  &why);
		if (!ret)
			return 0;
		if (!first)
			*err = why;
		first = first ? first : ret;
	}
	return first;
}

void registry_learn_names(struct registry *e, const struct binding_list *list)
{
	struct pfq_error err;
	unsigned int i = 0;

	while (i < list->count && devices_find(e->devices, list->binding[i].device))
		i++;
	if (i < list->count && devices_refresh(e->devices, &err))
		log_warning("%s", err.text);
}

int registry_group_check(struct registry *e, struct pfqd_group *g, const struct binding_list *list,
		       struct pfq_error *err)
{
	unsigned int i;
	int ret = 0;

	registry_sync(e);
	for (i = 0; i < list->count && !ret; i++)
		ret = check_named(e, g, &list->binding[i], err);
	return ret;
}

/* Can the group be without @src, which has the error @ret? pfqd waits for it, or leaves it out. */
static bool can_be_without(const struct source *src, int ret)
{
	return !source_is_file(src) &&
	       (ret == -ENOENT || ret == -ENETDOWN || src->is_unsupported);
}

int registry_feed_check(struct registry *e, struct group_feed *feed, struct pfq_error *err)
{
	int ret = check_feed(e, feed, err);

	if (!ret && feed->source->lacks_queue) {
		*err = feed->source->error;
		return -EINVAL;
	}
	return can_be_without(feed->source, ret) ? 0 : ret;
}

int registry_group_check_rights(struct registry *e, struct pfqd_group *g, struct pfq_error *err)
{
	unsigned int i;
	int ret = 0;

	registry_sync(e);
	for (i = 0; i < g->feeds && ret != -EPERM; i++)
		ret = source_is_file(g->feed[i].source) ? 0 : check_feed(e, &g->feed[i], err);
	return ret == -EPERM ? ret : 0;
}
