/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Rules for sources whose packets are taken away from the host (tap). */
#ifndef PFQD_SOURCE_CONFLICT_H
#define PFQD_SOURCE_CONFLICT_H

#include "source.h"

/*
 * May @driver take @binding, together with all other sources of @set on the same device? @src is
 * the source itself, or NULL if it is not made yet. Returns 0, or -EBUSY with text.
 */
int source_conflict(const struct source_set *set, const struct source *src,
		    const struct ingest_driver *driver, const struct binding *binding,
		    struct pfq_error *err);

/*
 * The source that a change in preparation drops and that @driver and @binding could not be open
 * beside; NULL: none.
 */
const struct source *source_conflict_leaving(const struct source_set *set,
					     const struct ingest_driver *driver,
					     const struct binding *binding);

#endif /* PFQD_SOURCE_CONFLICT_H */
