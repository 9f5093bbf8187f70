// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <sys/eventfd.h>
#include "run.h"

static const char *const end_names[] = {
	[END_NOT_YET] = "nothing", [END_COUNT] = "count",   [END_TIME] = "time",
	[END_SIGNAL] = "signal",   [END_FILE] = "end",	    [END_OUTPUT] = "closed output",
	[END_ERROR] = "error",
};

const char *run_end_name(enum run_end why)
{
	return end_names[why];
}

void run_end(struct run *r, enum run_end why)
{
	int expected = END_NOT_YET;

	atomic_compare_exchange_strong(&r->end, &expected, (int)why);
	atomic_store(&r->stop, true);
	eventfd_write(r->wake_fd, 1);
}

uint64_t run_take(struct run *r, uint64_t n)
{
	uint64_t left, take;

	if (!r->options->count)
		return n;
	left = atomic_load(&r->budget);
	do {
		take = left < n ? left : n;
	} while (take && !atomic_compare_exchange_weak(&r->budget, &left, left - take));
	return take;
}

void run_settle(struct run *r, uint64_t granted, uint64_t used)
{
	if (!r->options->count)
		return;
	if (granted > used)
		atomic_fetch_add(&r->budget, granted - used);
	if (used && atomic_fetch_add(&r->counted, used) + used == r->options->count)
		run_end(r, END_COUNT);
}
