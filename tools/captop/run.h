/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The state of a run that all workers share: why it ends, and how many packets -c still
 * grants.
 */
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
	END_OUTPUT, /* the reader of the output has closed it */
	END_ERROR,
};

struct run {
	const struct options *options;
	struct trace trace; /* of MODE_REPLAY */
	struct worker *workers;
	unsigned int worker_count;
	int wake_fd; /* eventfd: written when a worker finishes or the end is set */
	pthread_barrier_t start;
	uint64_t start_ns;
	atomic_bool stop;
	atomic_int end; /* enum run_end */
	atomic_uint tick;
	_Alignas(64) _Atomic uint64_t budget; /* with -c: packets not yet granted */
	_Atomic uint64_t counted;
};

/* End the run because of @why. Only the first cause is kept. Any thread may call it. */
void run_end(struct run *r, enum run_end why);

const char *run_end_name(enum run_end why);

/*
 * Take a grant for up to @n packets, and settle it after use. -c limits the sum of all
 * threads exactly. So a worker first takes a grant; run_settle() gives back the part that
 * it did not use. Without -c run_take() grants everything. It returns 0 if other workers
 * hold the rest, or if the run is about to end.
 */
uint64_t run_take(struct run *r, uint64_t n);
void run_settle(struct run *r, uint64_t granted, uint64_t used);

static inline bool run_is_stopped(const struct run *r)
{
	return atomic_load_explicit(&r->stop, memory_order_relaxed);
}

#endif
