/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "lib_joined.h"

struct fake *f;
struct pfq *q;
const struct pfq_rec *recs[4096];

void join(uint32_t lanes, uint64_t lane_size, bool order_none)
{
	f = fake_start(&(struct fake_config){ .lanes = lanes, .lane_size = lane_size });
	q = fake_join(f, order_none);
}

int leave(void **state)
{
	(void)state;
	pfq_close(q);
	fake_stop(f);
	q = NULL;
	return 0;
}

void assert_read(int n, ...)
{
	va_list args;
	int i, got = pfq_read(q, recs, 4096);

	if (got != n)
		fail_msg("%d records instead of %d", got, n);
	va_start(args, n);
	for (i = 0; i < n; i++)
		assert_int_equal(fake_seq(recs[i]), va_arg(args, int));
	va_end(args);
}
