/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "ingest.h"
#include "driver.h"

static const struct ingest_driver *const drivers[] = {
	&ingest_packet,
	&ingest_xdp,
	&ingest_file,
};

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
