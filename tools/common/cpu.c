// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <errno.h>
#include <sched.h>
#include "cpu.h"

int cpu_pin(int64_t cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return 0;
	if (cpu >= CPU_SETSIZE)
		return -EINVAL;
	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}
