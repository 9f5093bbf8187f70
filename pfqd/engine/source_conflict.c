/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>

#include "pfqd/base/error.h"
#include "source_conflict.h"

static int check_pair(const struct source *other, const struct ingest_driver *driver,
		      const struct binding *binding, struct pfq_error *err)
{
	char text[SOURCE_TEXT_MAX];

	source_describe(other, text, sizeof(text));
	if (other->driver->is_tap && driver != other->driver)
		return error_set(err, -EBUSY, "device %.64s is tapped (ingest %s): only groups "
				 "with that ingest can use it; join one of them", binding->device,
				 other->driver->name);
	if (driver->is_tap && driver != other->driver)
		return error_set(err, -EBUSY, "device %.64s is used with ingest %s: it cannot be "
				 "tapped", binding->device, other->driver->name);
	if (driver->is_tap && binding_overlaps(&other->binding, binding))
		return error_set(err, -EBUSY, "device %.64s: another group taps %.100s; allowed: "
				 "exactly the same queues under the same name, or none of them",
				 binding->device, text);
	return 0;
}

static bool is_leaving(const struct source *src)
{
	return src->leaving == src->refs;
}

const struct source *source_conflict_leaving(const struct source_set *set,
					     const struct ingest_driver *driver,
					     const struct binding *binding)
{
	const struct source *src;

	TAILQ_FOREACH(src, &set->live, entry) {
		/* a tap and a packet socket can be open together, so the old one stays till then */
		if (is_leaving(src) && source_is_on(src, binding->device) &&
		    src->driver->is_tap && driver->is_tap)
			return src;
	}
	return NULL;
}

int source_conflict(const struct source_set *set, const struct source *src,
		    const struct ingest_driver *driver, const struct binding *binding,
		    struct pfq_error *err)
{
	const char *name = src ? source_device(src) : binding->device;
	const struct source *other;
	int ret;

	TAILQ_FOREACH(other, &set->live, entry) {
		/* if two sources wait for one device, the one that opens first has it */
		if (other == src || (src && !other->ingest) || is_leaving(other) ||
		    !source_is_on(other, name))
			continue;
		ret = check_pair(other, driver, binding, err);
		if (ret)
			return ret;
	}
	return 0;
}
