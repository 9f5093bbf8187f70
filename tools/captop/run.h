/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* State of a run that all workers share: why it ends, how many packets -c still wants. */
#ifndef BENCH_CAPTOP_RUN_H
#define BENCH_CAPTOP_RUN_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include "options.h"
#include "worker.h"
#include "tools/common/trace.h"

enum run_end {
	END_NOT_YET,
	END_COUNT,
	END_TIME,
	END_SIGNAL,
	END_FILE,
	END_OUTPUT, /* nobody reads what is printed */
	END_ERROR,
};

struct run {
	const struct options *options;
	struct trace trace; /* MODE_REPLAY */
	struct worker *workers;
	unsigned int worker_count;
	int wake_fd; /* eventfd: a worker finished, or the end was set */
	pthread_barrier_t start;
	uint64_t start_ns;
	atomic_bool stop;
	atomic_int end; /* enum run_end */
	atomic_uint tick;
	_Alignas(64) _Atomic uint64_t budget; /* with -c: packets not yet granted */
	_Atomic uint64_t counted;
};

/* The first cause counts. From any thread. */
void run_end(struct run *r, enum run_end why);

const char *run_end_name(enum run_end why);

/*
 * -c counts all threads together, exactly: who wants to count packets takes a grant first
 * and settles it afterwards, when what was not used goes back. Without -c everything is
 * granted. 0: others hold what is left, or the run is about to end.
 */
uint64_t run_take(struct run *r, uint64_t n);
void run_settle(struct run *r, uint64_t granted, uint64_t used);

static inline bool run_is_stopped(const struct run *r)
{
	return atomic_load_explicit(&r->stop, memory_order_relaxed);
}

#endif
