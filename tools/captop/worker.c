// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <stdarg.h>
#include <stdio.h>
#include "run.h"
#include "worker.h"

void worker_fail(struct worker *w, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(w->error, sizeof(w->error), format, args);
	va_end(args);
	run_end(w->run, END_ERROR);
}

/*
 * Add what pcap_stats() has counted since the last call. libpcap counts in 32 bits, which
 * overflow within minutes; this is called each second.
 */
void worker_publish(struct worker *w)
{
	struct pcap_stat now;

	if (w->run->options->mode != MODE_CAPTURE || pcap_stats(w->pcap, &now))
		return;
	worker_add(&w->counters.recv, now.ps_recv - w->last.ps_recv);
	worker_add(&w->counters.drop, now.ps_drop - w->last.ps_drop);
	worker_add(&w->counters.ifdrop, now.ps_ifdrop - w->last.ps_ifdrop);
	w->last = now;
}

void worker_tick(struct worker *w)
{
	unsigned int tick = atomic_load_explicit(&w->run->tick, memory_order_relaxed);

	if (tick == w->tick_seen)
		return;
	w->tick_seen = tick;
	worker_publish(w);
}

void worker_sample(const struct worker *w, struct sample *s)
{
#define X(name) s->name = atomic_load_explicit(&w->counters.name, memory_order_relaxed);
	WORKER_COUNTERS(X)
#undef X
}
