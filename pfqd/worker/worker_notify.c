/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Workers notify other workers, the control thread and consumers. */
#include "config.h"

#include <errno.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/doorbell.h"
#include "pfqd/ingest/driver.h"
#include "worker_thread.h"

/* --- workers and the control thread ------------------------------------------- */

void worker_kick(const struct worker *w)
{
	uint64_t one = 1;
	/* if the counter is full, the worker wakes as well */
	ssize_t unused = write(w->kick_fd, &one, sizeof(one));

	(void)unused;
}

void worker_state_set(struct worker *w, uint32_t i, int state)
{
	struct lane_source *ls = &worker_lane(w)->source[i];
	uint64_t one = 1;

	if (ls->state == state)
		return;
	__atomic_store_n(&ls->state, state, __ATOMIC_RELEASE);
	if (w->all->notify_fd >= 0) {
		ssize_t unused = write(w->all->notify_fd, &one, sizeof(one));

		(void)unused;
	}
}

/*
 * Raise active_ns to @now_ns. It only rises: a worker that was preempted before this line may hold
 * an older time than another worker has stored.
 */
static void note_active(struct workers *all, uint64_t now_ns)
{
	uint64_t ns = READ_ONCE(all->active_ns);

	while ((int64_t)(now_ns - ns) > (int64_t)PFQ_WATERMARK_NS &&
	       !__atomic_compare_exchange_n(&all->active_ns, &ns, now_ns, true, __ATOMIC_SEQ_CST,
					    __ATOMIC_RELAXED))
		;
}

/*
 * Wake all other workers before packets are published, so that no consumer waits for the
 * watermark of a sleeping worker. fall_asleep() in worker_sleep.c is the other half.
 */
void worker_wake_others(struct worker *w)
{
	struct workers *all = w->all;
	uint64_t self = 1ULL << w->lane, mask;

	note_active(all, w->now_ns);
	smp_mb();
	mask = READ_ONCE(all->asleep) & ~self;
	if (likely(!mask))
		return;
	mask &= __atomic_fetch_and(&all->asleep, ~mask, __ATOMIC_SEQ_CST);
	for (uint32_t i = 0; i < all->count; i++) {
		if (mask >> i & 1)
			worker_kick(all->worker[i]);
	}
}

/* --- doorbells ---------------------------------------------------------------- */

/*
 * Is there nothing to do about this error of send()? A full socket has bytes that wake the
 * consumer, and a closed one has no consumer.
 */
static bool is_final(int error)
{
	return error == EAGAIN || error == EPIPE || error == ECONNRESET || error == ENOTCONN;
}

/*
 * Ring the doorbell. *@cost_ns is the CPU time that it took. Returns false if the consumer was not
 * woken, because the machine is short of memory for example.
 */
static bool doorbell_ring(const struct plan_endpoint *e, uint64_t *cost_ns)
{
	uint64_t begun_ns = ingest_clock_ns(CLOCK_THREAD_CPUTIME_ID);
	bool is_rung = true;

	if (e->doorbell >= 0 && send(e->doorbell, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		is_rung = is_final(errno);
	*cost_ns = ingest_clock_ns(CLOCK_THREAD_CPUTIME_ID) - begun_ns;
	return is_rung;
}

void worker_doorbell_look(struct worker *w, const struct plan_endpoint *e)
{
	struct pfq_producer *p = &e->producer[w->lane];
	uint64_t cost_ns;

	/* keep now_ns as old as the watermarks; see fall_asleep() in worker_sleep.c */
	if (!pfq_doorbell_look(p, e->reader, w->now_ns, w->held_ns, &w->bell_ns))
		return;
	if (doorbell_ring(e, &cost_ns))
		pfq_doorbell_rung(p, w->now_ns, cost_ns);
	else
		pfq_doorbell_failed(p, w->now_ns, &w->bell_ns);
}

void worker_doorbells_look(struct worker *w, const struct plan_group *pg)
{
	for (uint32_t i = 0; i < w->scratch.touched_count; i++)
		worker_doorbell_look(w, &pg->endpoint[w->scratch.touched[i]]);
}

void worker_offered(struct worker *w, const struct plan_group *pg)
{
	if (!w->scratch.touched_count)
		return;
	worker_wake_others(w);
	worker_doorbells_look(w, pg);
}
