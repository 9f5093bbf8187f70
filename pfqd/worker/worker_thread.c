/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What a worker does: batches, watermarks, doorbells, sleep. */
#include "config.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "pfqd/base/log.h"
#include "worker_held.h"
#include "worker_thread.h"

/* leaves room for a late timer within PFQ_WATERMARK_NS */
#define TICK_NS		(PFQ_WATERMARK_NS * 3 / 4)
#define WORKER_NICE	(-10)
/* a ring that took longer than this (an ordinary one takes 2 us) is followed by silence */
#define BELL_DEAR_NS	200000ULL
#define BELL_QUIET_FACTOR	100
#define BELL_QUIET_MAX_NS	1000000000ULL
#define TIMER_SLACK_NS	10000UL
/* at such a rate or more we are not woken by packets */
#define NAP_NS		100000L
#define NAP_PACKETS	32
/* so many errors of a descriptor, each within this of the last, and it is polled no more */
#define FAULTS_MAX	4
#define FAULTS_NS	100000000ULL

static uint64_t clock_read_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

static uint64_t clock_ns(void)
{
	return clock_read_ns(CLOCK_MONOTONIC);
}

static uint64_t min_ns(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

void worker_kick(const struct worker *w)
{
	uint64_t one = 1;
	/* a full counter is a kick too */
	ssize_t unused = write(w->kick_fd, &one, sizeof(one));

	(void)unused;
}

static const struct plan *plan_of(const struct worker *w)
{
	return w->work->plan;
}

static struct lane_work *lane_of(const struct worker *w)
{
	return &w->work->lane[w->lane];
}

static struct ingest *ingest_of(const struct worker *w, uint32_t i)
{
	const struct plan_source *ps = &plan_of(w)->source[i];

	if (ps->paused || lane_of(w)->source[i].over)
		return NULL;
	return ps->ingest[w->lane];
}

static void set_state(struct worker *w, uint32_t i, int state)
{
	struct lane_source *ls = &lane_of(w)->source[i];
	uint64_t one = 1;

	if (ls->state == state)
		return;
	__atomic_store_n(&ls->state, state, __ATOMIC_RELEASE);
	if (w->all->notify_fd >= 0) {
		ssize_t unused = write(w->all->notify_fd, &one, sizeof(one));

		(void)unused;
	}
}

/* --- packets ---------------------------------------------------------------- */

/* Never back: who was stopped on the way here has an older clock than others. */
static void note_active(struct workers *all, uint64_t now_ns)
{
	uint64_t ns = READ_ONCE(all->active_ns);

	while ((int64_t)(now_ns - ns) > (int64_t)PFQ_WATERMARK_NS &&
	       !__atomic_compare_exchange_n(&all->active_ns, &ns, now_ns, true, __ATOMIC_SEQ_CST,
					    __ATOMIC_RELAXED))
		;
}

/*
 * Before what was found is published: all the others are awake, so that
 * no reader waits for the watermark of a worker that sleeps. See fall_asleep()
 * for the other half.
 */
static void wake_others(struct worker *w)
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

/*
 * A full or closed socket is the consumer's own business. But who waits at its other end
 * is up to the consumer too, and send() wakes each of them here: rings that
 * take long, one after the other, are paid for with as much silence as keeps them
 * below a percent of our time. One alone may have met an interrupt. now_ns stays what
 * the watermarks know of, see fall_asleep().
 */
static void doorbell_ring(struct worker *w, const struct plan_endpoint *e)
{
	struct pfq_producer *p = &e->producer[w->lane];
	uint64_t cost_ns = clock_read_ns(CLOCK_THREAD_CPUTIME_ID);

	if (e->doorbell >= 0)
		send(e->doorbell, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	cost_ns = clock_read_ns(CLOCK_THREAD_CPUTIME_ID) - cost_ns;
	if (likely(cost_ns < BELL_DEAR_NS)) {
		p->quiet_until = 0;
		return;
	}
	p->quiet_until = p->quiet_until ?
		clock_ns() + min_ns(BELL_QUIET_FACTOR * cost_ns, BELL_QUIET_MAX_NS) : 1;
}

static void doorbell_look(struct worker *w, const struct plan_endpoint *e)
{
	struct pfq_producer *p = &e->producer[w->lane];
	uint64_t next_ns = ~0ULL;

	if (unlikely(w->now_ns < p->quiet_until)) {
		if (pfq_ring_unread(p))
			w->bell_ns = min_ns(w->bell_ns, p->quiet_until);
		return;
	}
	if (pfq_ring_doorbell_due(p, e->reader, w->now_ns, w->held_ns, &next_ns)) {
		doorbell_ring(w, e);
		return;
	}
	if (next_ns != ~0ULL)
		w->bell_ns = min_ns(w->bell_ns, max_t(uint64_t, next_ns, w->now_ns + BELL_MIN_NS));
}

static void look_at_touched(struct worker *w, const struct plan_group *pg)
{
	for (uint32_t i = 0; i < w->scratch.touched_count; i++)
		doorbell_look(w, &pg->endpoint[w->scratch.touched[i]]);
}

void worker_offered(struct worker *w, const struct plan_group *pg)
{
	if (!w->scratch.touched_count)
		return;
	wake_others(w);
	look_at_touched(w, pg);
}

static void group_run(struct worker *w, const struct plan_group *pg)
{
	pfq_group_run(&pg->group, &w->batch, &w->env, &w->scratch);
	look_at_touched(w, pg);
}

/* One batch of source @i; true: there was one. */
static bool source_run(struct worker *w, uint32_t i)
{
	const struct plan_source *ps = &plan_of(w)->source[i];
	struct lane_source *ls = &lane_of(w)->source[i];
	struct ingest *in = ingest_of(w, i);
	int rc;

	if (!in)
		return false;
	w->batch.n = 0;
	rc = ps->driver->rx(in, &w->batch, &ls->next_ns);
	if (!rc)
		return false;
	if (rc < 0) {
		worker_held_end(w, i);
		ls->over = true;
		w->tick_ns = 0;		/* its lane may be unfed from now on */
		set_state(w, i, rc);
		return false;
	}
	w->found += (uint32_t)rc;
	w->now_ns = clock_ns();
	wake_others(w);
	w->held_ns = ps->driver->held_ns;
	w->env.now_ns = ps->groups && ps->group[0]->is_replay ? 0 : w->now_ns;
	ls->seen_ns = w->batch.view[w->batch.n - 1].ts_ns;
	for (uint32_t g = 0; g < ps->groups; g++)
		group_run(w, ps->group[g]);
	w->held_ns = 0;
	ps->driver->done(in);
	ls->faults = 0;
	set_state(w, i, 0);
	return true;
}

/* --- watermarks --------------------------------------------------------------- */

static void watermarks_collect(struct worker *w)
{
	const struct plan *plan = plan_of(w);
	uint64_t *ns = lane_of(w)->watermark_ns;

	for (uint32_t g = 0; g < plan->groups; g++)
		ns[g] = PFQ_LANE_UNFED;
	for (uint32_t i = 0; i < plan->sources; i++) {
		const struct plan_source *ps = &plan->source[i];
		struct ingest *in = ingest_of(w, i);
		uint64_t own;

		if (!in)
			continue;
		own = ps->driver->watermark(in);
		for (uint32_t g = 0; g < ps->groups; g++) {
			uint64_t *group_ns = &ns[w->work->group[i][g]];

			*group_ns = min_ns(*group_ns, own);
		}
	}
}

/* Renew the watermarks of our lanes and look at every doorbell. */
static void tick(struct worker *w)
{
	const struct plan *plan = plan_of(w);
	const uint64_t *ns = lane_of(w)->watermark_ns;

	/* before the watermarks: it says what they know of, see fall_asleep() */
	w->now_ns = clock_ns();
	watermarks_collect(w);
	w->tick_ns = w->now_ns + TICK_NS;
	w->bell_ns = ~0ULL;
	for (uint32_t g = 0; g < plan->groups; g++) {
		const struct plan_group *pg = plan->group[g];

		if (unlikely(pfq_hold_count(pg->group.hold)))
			worker_held_tick(w, pg, ns[g]);
		for (uint32_t m = 0; m < pg->group.members; m++) {
			const struct plan_endpoint *e = &pg->endpoint[m];

			pfq_ring_watermark(&e->producer[w->lane], ns[g]);
			doorbell_look(w, e);
		}
	}
}

/* --- plans -------------------------------------------------------------------- */

static bool has_news(const struct worker *w)
{
	return __atomic_load_n(&w->all->work, __ATOMIC_ACQUIRE) != w->work ||
	       READ_ONCE(w->all->stopping);
}

static void poll_fill(struct worker *w)
{
	struct lane_work *lane = lane_of(w);

	lane->fd[0] = (struct pollfd){ .fd = w->kick_fd, .events = POLLIN };
	for (uint32_t i = 0; i < plan_of(w)->sources; i++) {
		const struct plan_source *ps = &plan_of(w)->source[i];
		struct ingest *in = ingest_of(w, i);

		/* poll() passes over a negative one */
		lane->fd[1 + i] = (struct pollfd){
			.fd = in && !lane->source[i].muted ? ps->driver->fd(in) : -1,
			.events = POLLIN,
		};
	}
}

/* What is known of an ingest goes with it from plan to plan. */
static void inherit(struct work *new, const struct work *old, uint32_t lane)
{
	for (uint32_t i = 0; i < new->plan->sources; i++) {
		const struct ingest *in = new->plan->source[i].ingest[lane];

		for (uint32_t j = 0; in && j < old->plan->sources; j++) {
			if (old->plan->source[j].ingest[lane] == in)
				new->lane[lane].source[i] = old->lane[lane].source[j];
		}
	}
}

static void take_work(struct worker *w)
{
	struct work *work = __atomic_load_n(&w->all->work, __ATOMIC_ACQUIRE);

	if (work == w->work)
		return;
	if (w->work && !work->plan->groups)
		worker_held_release(w);
	if (w->work)
		inherit(work, w->work, w->lane);
	w->work = work;
	w->turn = 0;
	w->tick_ns = 0;
	sem_post(&w->all->taken);
}

/* --- sleep --------------------------------------------------------------------- */

static void source_fault(struct worker *w, uint32_t i, short revents)
{
	const struct plan_source *ps = &plan_of(w)->source[i];
	struct lane_source *ls = &lane_of(w)->source[i];
	struct ingest *in = ingest_of(w, i);
	int rc = 0;

	if (!in)
		return;
	if (w->now_ns - ls->fault_ns > FAULTS_NS)
		ls->faults = 0;
	ls->fault_ns = w->now_ns;
	if (++ls->faults >= FAULTS_MAX || revents & POLLNVAL || !ps->driver->fault)
		ls->muted = true;
	if (ps->driver->fault)
		rc = ps->driver->fault(in);
	if (rc || ls->muted)
		set_state(w, i, -ENETDOWN);
}

static void wait_until(struct worker *w, uint64_t deadline_ns)
{
	struct lane_work *lane = lane_of(w);
	/* not now_ns, which is as old as the watermarks */
	uint64_t now_ns = clock_ns(), left_ns = deadline_ns > now_ns ? deadline_ns - now_ns : 0, kicks;
	struct timespec left = {
		.tv_sec = (time_t)(left_ns / 1000000000ULL),
		.tv_nsec = (long)(left_ns % 1000000000ULL),
	};
	int rc;

	poll_fill(w);
	rc = ppoll(lane->fd, 1 + plan_of(w)->sources, deadline_ns == ~0ULL ? NULL : &left, NULL);
	w->now_ns = clock_ns();
	if (rc <= 0)
		return;
	if (lane->fd[0].revents) {
		ssize_t unused = read(w->kick_fd, &kicks, sizeof(kicks));

		(void)unused;
	}
	for (uint32_t i = 0; i < plan_of(w)->sources; i++) {
		short revents = lane->fd[1 + i].revents;

		if (revents & (POLLERR | POLLHUP | POLLNVAL))
			source_fault(w, i, revents);
	}
}

static bool is_idle(const struct worker *w)
{
	uint64_t active_ns = READ_ONCE(w->all->active_ns);

	return w->now_ns > active_ns && w->now_ns - active_ns > WORKER_IDLE_NS;
}

/*
 * From here on nothing wakes us but packets, timers of ingests and doorbells, and
 * kicks. Whoever finds packets stores active_ns, then loads asleep; we store
 * asleep, then load active_ns: one of the two sees the other. What was found since our
 * watermarks were made is younger than now_ns, which was read before them, however long we
 * were stopped in between: we stay, and make new ones.
 */
static void fall_asleep(struct worker *w, uint64_t deadline_ns)
{
	struct workers *all = w->all;
	uint64_t self = 1ULL << w->lane;

	__atomic_fetch_or(&all->asleep, self, __ATOMIC_SEQ_CST);
	smp_mb();
	if (is_idle(w) && !has_news(w))
		wait_until(w, deadline_ns);
	__atomic_fetch_and(&all->asleep, ~self, __ATOMIC_SEQ_CST);
	w->tick_ns = 0;
}

/* true: more came since the last rest than is worth a wake-up of its own */
static bool is_streaming(struct worker *w)
{
	bool streaming = w->found >= NAP_PACKETS;

	w->found = 0;
	return streaming;
}

/*
 * Who sleeps in poll() is woken by whoever brings the next packet, on that one's CPU
 * and at its cost: more than a packet's, many times a millisecond. While packets stream, we
 * come back by ourselves.
 */
static void nap(struct worker *w)
{
	static const struct timespec length = { .tv_nsec = NAP_NS };

	nanosleep(&length, NULL);
	w->now_ns = clock_ns();
}

static void rest(struct worker *w)
{
	uint64_t deadline_ns = w->bell_ns;
	bool idle = is_idle(w);

	if (idle) {
		tick(w);
		deadline_ns = w->bell_ns;
	} else {
		deadline_ns = min_ns(deadline_ns, w->tick_ns);
	}
	for (uint32_t i = 0; i < plan_of(w)->sources; i++) {
		if (ingest_of(w, i))
			deadline_ns = min_ns(deadline_ns, lane_of(w)->source[i].next_ns);
	}
	if (deadline_ns <= w->now_ns)
		return;
	if (is_streaming(w))
		nap(w);
	else if (idle)
		fall_asleep(w, deadline_ns);
	else
		wait_until(w, deadline_ns);
}

/*
 * A tick that is late makes readers wait, and a receive ring does not last for
 * long: ahead of ordinary work where we may, and no further (a replay at
 * full speed shares its CPU). Linux has a nice value for each thread.
 */
static void prioritise(void)
{
	prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
	if (setpriority(PRIO_PROCESS, 0, WORKER_NICE) < 0)
		log_debug("worker: ordinary priority: %m");
}

void *worker_run(void *arg)
{
	struct worker *w = arg;

	prioritise();
	while (take_work(w), !READ_ONCE(w->all->stopping)) {
		uint32_t sources = plan_of(w)->sources;
		bool busy = false;

		for (uint32_t i = 0; i < sources && !has_news(w); i++)
			busy |= source_run(w, (w->turn + i) % sources);
		w->turn++;
		if (!busy)
			w->now_ns = clock_ns();
		if (w->now_ns >= min_ns(w->tick_ns, w->bell_ns))
			tick(w);
		if (!busy && !has_news(w))
			rest(w);
	}
	return NULL;
}
