/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Notices when the workers have read all that had come to a source before a certain moment. */
#include "config.h"

#include "source.h"

void source_mark(struct source *src)
{
	for (uint32_t lane = 0; src->ingest && lane < src->set->lanes; lane++) {
		if (src->ingest[lane])
			src->driver->mark(src->ingest[lane]);
	}
}

bool source_is_past_mark(const struct source *src)
{
	for (uint32_t lane = 0; src->ingest && lane < src->set->lanes; lane++) {
		if (src->ingest[lane] && !src->driver->is_past_mark(src->ingest[lane]))
			return false;
	}
	return true;
}
