// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "elephants.h"

#include <stdio.h>

bool elephants_read(struct elephants *e, const char *text)
{
	int length = 0;

	return sscanf(text, "%u:%u:%u%n", &e->flows, &e->percent, &e->payload, &length) == 3 &&
	       !text[length] && e->flows && e->percent && e->percent < 100 && e->payload >= 8 &&
	       e->payload <= 1440;
}

void elephants_choose(const struct elephants *e, struct frame_params *params, uint32_t flows)
{
	if (e->bytes * 100 >= e->all * e->percent) {
		params->flow = e->flows + params->flow % (flows - e->flows);
		return;
	}
	params->flow %= e->flows;
	params->payload = e->payload;
}

void elephants_count(struct elephants *e, const struct frame_params *params,
		     const struct frame *frames, unsigned int count)
{
	uint64_t bytes = 0;

	for (unsigned int i = 0; i < count; i++)
		bytes += frames[i].len;
	e->all += bytes;
	if (params->flow < e->flows)
		e->bytes += bytes;
}
