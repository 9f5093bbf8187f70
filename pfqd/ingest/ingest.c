/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "ingest.h"
#include "driver.h"

#define ROW(driver)	&driver,

static const struct ingest_driver *const drivers[] = { INGEST_DRIVERS(ROW) };

static const char *const to_come[] = { "memif" };

const struct ingest_driver *ingest_driver(unsigned int i)
{
	return i < ARRAY_SIZE(drivers) ? drivers[i] : NULL;
}

const struct ingest_driver *ingest_driver_find(const char *name)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(drivers); i++) {
		if (!strcmp(drivers[i]->name, name))
			return drivers[i];
	}
	return NULL;
}

bool ingest_driver_is_to_come(const char *name)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(to_come); i++) {
		if (!strcmp(to_come[i], name))
			return true;
	}
	return false;
}

void ingest_driver_list(bool (*is_listed)(const struct ingest_driver *driver),
			char text[INGEST_LIST_MAX])
{
	size_t used = 0;

	*text = '\0';
	for (unsigned int i = 0; i < ARRAY_SIZE(drivers) && used < INGEST_LIST_MAX; i++) {
		const struct ingest_driver *d = drivers[i];

		if (!d->absent && (!is_listed || is_listed(d)))
			used += (size_t)snprintf(text + used, INGEST_LIST_MAX - used, "%s%s%s",
						 used ? ", " : "", d->name,
						 d->is_device ? "" : ":PATH");
	}
}
