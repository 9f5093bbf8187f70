/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Packets that are taken away from the host are taken once. */
#ifndef PFQD_SOURCE_CONFLICT_H
#define PFQD_SOURCE_CONFLICT_H

#include "source.h"

/*
 * May @driver take @binding beside all other sources of @set that are on the same device, by
 * whichever name? @src is the source itself once it is there. -EBUSY with err->text.
 */
int source_conflict(const struct source_set *set, const struct source *src,
		    const struct ingest_driver *driver, const struct binding *binding,
		    struct pfq_error *err);

#endif /* PFQD_SOURCE_CONFLICT_H */
