/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include "clock.h"
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

int pfq_engine_wait(int fd, short events, uint64_t deadline_ns)
{
	struct pollfd p = { .fd = fd, .events = events };
	struct timespec left;
	uint64_t now;
	int n;

	do {
		now = clock_monotonic_ns();
		left = clock_timespec(now < deadline_ns ? deadline_ns - now : 0);
		n = ppoll(&p, 1, &left, NULL);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n ? 0 : -ETIMEDOUT;
}
