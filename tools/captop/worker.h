/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A worker: a thread with a handle of its own. It alone reads, sends and asks for the
 * statistics of that handle; the main thread reads the counters and may break its loop.
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

/* X(name): a counter, written by the worker alone */
#define WORKER_COUNTERS(X) \
	X(packets) /* passed to the callback, or sent */ \
	X(bytes)   /* of these, with their length on the wire */ \
	X(refused) /* the device had no room to send */ \
	X(recv) X(drop) X(ifdrop) /* as pcap_stats() says, in 64 bits */

struct sample {
#define X(name) uint64_t name;
	WORKER_COUNTERS(X)
#undef X
};

struct worker {
	struct run *run;
	unsigned int index;  /* among all */
	unsigned int device; /* of the options */
	unsigned int member; /* among the workers of the device */
	int core;	     /* -1: not pinned */
	pcap_t *pcap;
	pcap_dumper_t *dumper;
	struct pcap_stat last; /* for the 64 bits of recv, drop, ifdrop */
	unsigned int tick_seen;
	pthread_t thread;
	uint64_t start_ns, end_ns;  /* valid once it is_finished, */
	uint64_t first_ns, last_ns; /* these too: when reads returned packets; 0: none has */
	char error[512];	   /* empty: none */

	_Alignas(64) struct {
#define X(name) _Atomic uint64_t name;
		WORKER_COUNTERS(X)
#undef X
	} counters;
	atomic_bool is_finished;
};

/* worker_thread.c: -errno and worker->error. The main thread calls it for one after the other. */
int worker_open(struct worker *w);
int worker_start(struct worker *w);
void worker_close(struct worker *w);

void worker_sample(const struct worker *w, struct sample *s);

/* --- for the loops, in the worker's thread --- */

/* Add to one of w->counters; no other thread writes them, so that no locked add is needed. */
static inline void worker_add(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + n,
			      memory_order_relaxed);
}

/* Publish the handle's statistics: once a second, and at the end. */
void worker_tick(struct worker *w);
void worker_publish(struct worker *w);

/* End the run because of an error. */
void worker_fail(struct worker *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The loops: until the run stops, or there is nothing more to do. */
void capture_loop(struct worker *w);
void send_loop(struct worker *w);

#endif
