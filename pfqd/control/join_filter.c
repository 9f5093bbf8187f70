/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The filter and the direction that a JOIN brings. The endpoint has them from its first record on,
 * so that a client that comes back need not discard records.
 */
#include "config.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>

#include "join.h"
#include "pfqd/base/error.h"
#include "pfqd/settings/filter.h"

int join_direction_read(uint32_t direction, uint8_t *out, struct pfq_error *err)
{
	if (direction >= __PFQ_DIRECTION_MAX)
		return error_set(err, -EINVAL,
				 "direction %u is not allowed; allowed: 0 both, 1 in, 2 out",
				 direction);
	*out = (uint8_t)direction;
	return 0;
}

static int take_filter(struct join *j)
{
	struct endpoint *ep = j->endpoint;
	size_t bytes = 0;
	const void *insns = pfq_attrs_binary(j->attrs, PFQ_A_FILTER, &bytes);
	uint32_t count = bytes / sizeof(struct sock_filter);
	int ret;

	if (!bytes)
		return 0;
	ret = filter_load(insns, bytes, &ep->filter, j->err);
	if (!ret)
		ret = limits_take(j->registry->limits, ep->uid, LIMIT_FILTER_INSNS, count, j->err);
	if (!ret)
		ep->filter_insns = count;
	return ret;
}

int join_filter_take(struct join *j)
{
	int ret;

	ret = join_direction_read(pfq_attrs_u32(j->attrs, PFQ_A_DIRECTION),
				  &j->endpoint->direction, j->err);
	return ret ? ret : take_filter(j);
}

void join_filter_give(struct join *j)
{
	struct endpoint *ep = j->endpoint;

	limits_give(j->registry->limits, ep->uid, LIMIT_FILTER_INSNS, ep->filter_insns);
	ep->filter_insns = 0;
}
