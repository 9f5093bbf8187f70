/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "lib_joined.h"
#include "lib_watched.h"

int fd;
uint64_t sent;

void open_watched(uint32_t lanes, uint64_t lane_size)
{
	uint32_t i;

	join(lanes, lane_size, false);
	for (i = 1; i < lanes; i++)
		fake_watermark(f, i, PFQ_LANE_UNFED);
	fd = pfq_fd(q);
	assert_true(fd >= 0);
	sent = 0;
}

void put(unsigned int n)
{
	for (; n; n--) {
		sent++;
		fake_put(f, 0, sent, sent);
	}
}

void assert_quiet(const char *way)
{
	if (fake_is_readable(fd, QUIET_MS))
		fail_msg("%s: readable while nothing can be read", way);
}

void assert_woken(const char *way)
{
	if (!fake_is_readable(fd, 0))
		fail_msg("%s: asleep beside a record", way);
}

void by_count(void)
{
	assert_int_equal(pfq_read(q, recs, 1), 1);
	pfq_release(q, 1);
}
