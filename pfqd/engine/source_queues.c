/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The queues that a source names, and those that its device has. */
#include "config.h"

#include <string.h>

#include "pfqd/base/log.h"
#include "pfqd/host/ifreq.h"
#include "source.h"

int source_check_queues(const struct source *src, const struct binding *b, uint32_t ifindex,
			struct pfq_error *err)
{
	bool has_some;

	return b->all ? 0 : binding_check_queues(b, src->name, ifreq_rx_queues(ifindex), &has_some,
						 err);
}

int source_find_queues(const struct source *src, uint32_t ifindex, struct pfq_error *err)
{
	const struct binding *b = &src->binding;
	bool has_some = false;
	int ret;

	err->text[0] = '\0';
	if (source_is_file(src) || b->all)
		return 0;
	ret = binding_check_queues(b, src->name, ifreq_rx_queues(ifindex), &has_some, err);
	/* a tap would leave the packets of the other queues to the host */
	return has_some && !src->driver->is_tap ? 0 : ret;
}

void source_note_queues(struct source *src, const struct pfq_error *lacking, bool lacked)
{
	src->lacks_queue = lacking->text[0];
	if (src->lacks_queue)
		src->error = *lacking;
	if (src->lacks_queue && !lacked)
		log_device(LOG_LEVEL_WARNING, source_device(src), "%s; its other queues are used",
			   lacking->text);
	else if (lacked && !src->lacks_queue)
		log_device(LOG_LEVEL_INFO, source_device(src),
			   "device %s has all queues that are named", source_device(src));
}
