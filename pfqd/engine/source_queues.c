/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>

#include "pfqd/base/error.h"
#include "pfqd/host/ifreq.h"
#include "source.h"

int source_check_queues(const struct source *src, const struct binding *b, uint32_t ifindex,
			struct pfq_error *err)
{
	uint32_t have = b->all ? 0 : ifreq_rx_queues(ifindex), queue = have;

	if (!have)
		return 0;
	while (queue < INGEST_QUEUES_MAX && !(b->queues[queue / 64] >> queue % 64 & 1))
		queue++;
	if (queue >= INGEST_QUEUES_MAX)
		return 0;
	return error_set(err, -EINVAL,
			 "device %s has no queue %u: it has %u receive queue%s, from 0 on",
			 src->name, queue, have, have == 1 ? "" : "s");
}
