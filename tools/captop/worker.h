/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A worker: a thread with its own handle. Only this thread reads, sends and asks for the
 * statistics of the handle. The main thread reads the counters and may break the thread's
 * loop.
 */
#ifndef BENCH_CAPTOP_WORKER_H
#define BENCH_CAPTOP_WORKER_H

#include <pcap/pcap.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "options.h"

struct run;

/* X(name): a counter. Only the worker writes it. */
#define WORKER_COUNTERS(X) \
	X(packets) /* passed to the callback, or sent */ \
	X(bytes)   /* bytes of these packets, by their length on the wire */ \
	X(refused) /* the device had no room to send */ \
	X(recv) X(drop) X(ifdrop) /* from pcap_stats(), in 64 bits */

struct sample {
#define X(name) uint64_t name;
	WORKER_COUNTERS(X)
#undef X
};

struct worker {
	struct run *run;
	unsigned int index;  /* among all workers */
	unsigned int device; /* index in the options' devices */
	unsigned int member; /* among the workers of the device */
	int core;	     /* -1: not pinned */
	pcap_t *pcap;
	pcap_dumper_t *dumper;
	struct pcap_stat last; /* the values from which recv, drop, ifdrop are counted on */
	unsigned int tick_seen;
	pthread_t thread;
	uint64_t start_ns, end_ns;  /* valid once is_finished is set */
	uint64_t first_ns, last_ns; /* the same: first and last read with packets; 0: none */
	char error[512];	   /* empty: no error */

	_Alignas(64) struct {
#define X(name) _Atomic uint64_t name;
		WORKER_COUNTERS(X)
#undef X
	} counters;
	atomic_bool is_finished;
};

/*
 * In worker_thread.c: open the handle, start the thread, free the worker. The first two
 * return -errno; a failed worker_open() sets w->error. The main thread calls each for one
 * worker after the other.
 */
int worker_open(struct worker *w);
int worker_start(struct worker *w);
void worker_close(struct worker *w);

void worker_sample(const struct worker *w, struct sample *s);

/* --- the worker's thread calls these from its loop --- */

/* Add to one of w->counters. No other thread writes them, so no atomic add is needed. */
static inline void worker_add(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + n,
			      memory_order_relaxed);
}

/* Publish the handle's statistics, once a second and at the end. */
void worker_tick(struct worker *w);
void worker_publish(struct worker *w);

/* Store an error text in w->error and end the run. */
void worker_fail(struct worker *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Capture or send until the run stops or nothing is left to do. */
void capture_loop(struct worker *w);
void send_loop(struct worker *w);

#endif
