/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <string.h>
#include "transport.h"
#include "error.h"

static const struct pfq_transport *const transports[] = { &pfq_transport_user,
							  &pfq_transport_kernel };

const struct pfq_transport *pfq_transport_find(const char *name, struct pfq_error *err)
{
	size_t i;

	for (i = 0; i < sizeof(transports) / sizeof(transports[0]); i++) {
		if (!strcmp(name, transports[i]->name))
			return transports[i];
	}
	pfq_error_set(err, -EINVAL, "engine \"%s\" is unknown; allowed are auto, user, kernel",
		      name);
	return NULL;
}
