/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <string.h>
#include "engine.h"
#include "error.h"

static const struct pfq_engine *const engines[] = { &pfq_engine_user, &pfq_engine_kernel };

const struct pfq_engine *pfq_engine_find(const char *name, struct pfq_error *err)
{
	size_t i;

	for (i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
		if (!strcmp(name, engines[i]->name))
			return engines[i];
	}
	pfq_error_set(err, -EINVAL, "engine \"%s\" is unknown; allowed are auto, user, kernel",
		      name);
	return NULL;
}
