/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <string.h>
#include "engine.h"
#include "error.h"

static int kernel_open(struct pfq_conn *c, uint64_t deadline_ns, struct pfq_error *err)
{
	(void)c;
	(void)deadline_ns;
	return pfq_error_set(err, -EOPNOTSUPP,
			     "engine \"kernel\" is not supported yet; use \"user\" or \"auto\"");
}

static const struct pfq_engine engine_kernel = {
	.name = "kernel",
	.open = kernel_open,
};

static const struct pfq_engine *const engines[] = { &pfq_engine_user, &engine_kernel };

const struct pfq_engine *pfq_engine_find(const char *name, struct pfq_error *err)
{
	bool is_auto = !name || !strcmp(name, "auto");
	size_t i;

	for (i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
		if (is_auto ? engines[i]->is_auto : !strcmp(name, engines[i]->name))
			return engines[i];
	}
	pfq_error_set(err, -EINVAL, "engine \"%s\" is unknown; allowed are auto, user, kernel",
		      is_auto ? "auto" : name);
	return NULL;
}
