/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <time.h>

#include "lib_clock.h"
#include "lib_joined.h"

uint64_t now_ns = 1000 * MS;
void (*clock_read)(void);

int __wrap_clock_gettime(clockid_t clock, struct timespec *t);

int __wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
	(void)clock;
	if (clock_read)
		clock_read();
	*t = (struct timespec){ (time_t)(now_ns / (1000 * MS)), (long)(now_ns % (1000 * MS)) };
	return 0;
}
