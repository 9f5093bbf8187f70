/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The names of a group's devices. A group can have another name for a device than the source that
 * it shares: so a change of the name in pfqd.conf opens nothing again, and loses no packet.
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
