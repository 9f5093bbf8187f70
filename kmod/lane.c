// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watermarks. A record's time is when its CPU read the clock for it, or up to slack_ns before. A
 * CPU that is not handling a packet now will read the clock later than now. So any CPU may renew
 * the watermark of such a lane. A CPU that has just rung a consumer does so for all lanes, so that
 * no record waits for a CPU that sleeps.
 *
 * A CPU that begins with a packet stores busy, then reads the clock. renew() reads the clock, then
 * busy. Both have a full barrier between. So at least one of the two sees the other. If a slower
 * CPU overwrites a watermark with an earlier one, that one is still true.
 */
#include <linux/ktime.h>
#include "../core/doorbell.h"
#include "../core/tick.h"
#include "endpoint.h"
#include "group.h"
#include "lane.h"
#include "netns.h"
#include "snapshot.h"
#include "trace.h"

/*
 * A lane that was handling a packet at every tick is waited for until this time after the last
 * packet. Consumers wait for PFQ_LAG_MAX_NS too.
 */
#define LEFT_MAX_NS	(PFQ_IDLE_NS + PFQ_LAG_MAX_NS)
/* after the timers of its lanes, a CPU has this many times their duration for other work */
#define TICK_REST_FACTOR	10

/*
 * Renew the watermarks of @own_lane and of all lanes whose CPU is not handling a packet: no record
 * older than @real_ns will come into them. @real_ns is the clock as just read. Returns false if a
 * lane was left out.
 */
static bool renew_until(struct pfqk_endpoint *ep, u32 own_lane, u64 real_ns)
{
	const struct pfqk_cpu *cpu;
	bool is_whole = true;
	u32 lane;

	/* watermarks are by the host's clock; records are by the devices' */
	if (ep->params.is_adapter_time)
		return true;
	for (lane = 0; lane < pfqk_lanes(); lane++) {
		cpu = pfqk_cpu_at(lane);
		if (lane != own_lane && READ_ONCE(cpu->busy)) {
			is_whole = false;
			continue;
		}
		/* release: a consumer that sees this watermark sees the records before it */
		smp_store_release(&ep->producer[lane].hdr->watermark,
				  real_ns - pfqk_cpu_slack(cpu));
	}
	return is_whole;
}

/* Renew the watermarks of @ep. Returns false if a lane was left out: see pfqk_lane_enter(). */
static bool renew(struct pfqk_endpoint *ep, u32 own_lane)
{
	u64 now = ktime_get_real_ns();

	smp_mb();
	return renew_until(ep, own_lane, now);
}

/* Ring the doorbell. This wakes the consumer's waiters on our time. */
static void ring(struct pfqk_endpoint *ep, struct pfq_producer *p, u32 lane, u64 now)
{
	u64 begun = ktime_get_ns();

	renew(ep, lane);
	pfqk_doorbell_ring(&ep->doorbell);
	pfq_doorbell_rung(p, now, ktime_get_ns() - begun);
}

/* Check the doorbell of @ep. Ring it if it is due, else note when to check again. */
static void look(struct pfqk_lane *lane, struct pfqk_endpoint *ep, u64 now)
{
	struct pfq_producer *p = &ep->producer[lane->index];

	if (pfq_doorbell_look(p, ep->memory.reader, now, 0, &lane->bell_ns))
		ring(ep, p, lane->index, now);
}

/* With only one lane, no other lane's records wait for its watermark. */
static u64 tick_ns(u64 now)
{
	return pfqk_lanes() > 1 ? now + PFQ_TICK_NS : ~0ULL;
}

static void schedule_timer(struct pfqk_lane *lane, const struct pfqk_cpu *cpu, u64 now)
{
	u64 at = max(min(tick_ns(now), lane->bell_ns), cpu->rest_until_ns);

	if (at == ~0ULL)
		return;
	if (hrtimer_is_queued(&lane->timer) &&
	    ktime_to_ns(hrtimer_get_expires(&lane->timer)) <= (s64)at)
		return;
	hrtimer_start(&lane->timer, ns_to_ktime(at), HRTIMER_MODE_ABS_PINNED_SOFT);
}

void pfqk_lane_run(struct pfqk_group *g, struct pfqk_cpu *cpu)
{
	const struct pfqk_snapshot *s = rcu_dereference(g->snapshot);
	struct pfqk_lane *lane = &g->lane[cpu->env.lane];
	bool is_traced;
	u64 now;
	u32 i;

	if (unlikely(!s))
		return;
	cpu->net = g->pn->net;
	now = cpu->env.now_ns;
	is_traced = trace_pfq_drop_enabled();
	if (unlikely(is_traced))
		pfqk_trace_before(cpu, s);
	pfq_group_process(&s->group, &cpu->batch, &cpu->env, &cpu->scratch);
	if (unlikely(is_traced))
		pfqk_trace_after(cpu, s);
	if (unlikely(pfq_hold_count(s->group.hold)))
		lane->bell_ns = min(lane->bell_ns, now + s->group.hold->wait_ns);
	else if (!cpu->scratch.touched_count)
		return;
	lane->active_ns = now;
	for (i = 0; i < cpu->scratch.touched_count; i++)
		look(lane, s->endpoint[cpu->scratch.touched[i]], now);
	schedule_timer(lane, cpu, now);
}

/* Release fragments that have waited their time, or all, into this CPU's lane. Lane context. */
static u64 expire(struct pfqk_group *g, const struct pfqk_snapshot *s, bool all)
{
	struct pfqk_cpu *cpu = pfqk_cpu_own();
	u64 next;

	pfqk_lane_enter(cpu);
	cpu->net = g->pn->net;
	next = pfq_group_expire(&s->group, &cpu->env, &cpu->scratch, ktime_get_real_ns(), all);
	pfqk_lane_leave(cpu);
	return next;
}

/* called before the watermarks are renewed, because these pass the records released here */
static void tick_fragments(struct pfqk_lane *lane, const struct pfqk_snapshot *s, u64 now)
{
	u64 next = expire(lane->group, s, false);

	if (pfqk_cpu_own()->scratch.touched_count)
		lane->active_ns = now;
	if (next != ~0ULL)
		lane->bell_ns = min(lane->bell_ns, max(next, now + PFQ_DOORBELL_TIMER_MIN_NS));
}

void pfqk_lane_release(struct pfqk_group *g)
{
	const struct pfqk_snapshot *s;
	u64 next;

	do {
		local_bh_disable();
		rcu_read_lock();
		s = rcu_dereference(g->snapshot);
		next = s && pfq_hold_count(s->group.hold) ? expire(g, s, true) : ~0ULL;
		rcu_read_unlock();
		local_bh_enable();
	} while (next != ~0ULL);
}

/*
 * Check every doorbell of this lane. Renew the watermarks of all lanes, unless another lane just
 * did.
 */
static void tick(struct pfqk_lane *lane, const struct pfqk_snapshot *s, u64 now)
{
	struct pfqk_group *g = lane->group;
	bool do_renew = now - READ_ONCE(g->watermark_ns) > PFQ_TICK_NS / 2, is_left = false;
	u32 i;

	if (do_renew)
		WRITE_ONCE(g->watermark_ns, now);
	lane->bell_ns = ~0ULL;
	if (unlikely(pfq_hold_count(s->group.hold)))
		tick_fragments(lane, s, now);
	for (i = 0; i < s->group.members; i++) {
		if (do_renew && !renew(s->endpoint[i], lane->index))
			is_left = true;
		look(lane, s->endpoint[i], now);
	}
	if (do_renew)
		WRITE_ONCE(g->is_lane_left, is_left);
}

/* Does the timer go on? Until the watermarks of all lanes have passed our last packet. */
static bool is_awake(const struct pfqk_lane *lane, u64 now)
{
	u64 idle_ns = now - lane->active_ns;

	return idle_ns < PFQ_IDLE_NS ||
	       (idle_ns < LEFT_MAX_NS && READ_ONCE(lane->group->is_lane_left));
}

/*
 * With many members or groups, a tick may take longer than the time to the next. Ticks then come
 * less often, and watermarks later, so that the CPU has time for other work. The pause follows the
 * lower value of this tick's cost and that of the ticks before. A single long tick may have met an
 * interrupt, or a stopped CPU. The old cost is halved at each tick, because cheap ticks, which
 * renew no watermark, come between.
 */
static void rest(struct pfqk_cpu *cpu, struct pfqk_lane *lane, u64 begun)
{
	u64 now = ktime_get_ns(), cost = now - begun;

	cpu->rest_until_ns = max(cpu->rest_until_ns, now) +
		TICK_REST_FACTOR * min(cost, lane->tick_cost_ns);
	lane->tick_cost_ns = max(cost, lane->tick_cost_ns / 2);
}

/*
 * A lane's CPU went offline, and the timer moved to another CPU, which may not touch the lane.
 * Ring all armed doorbells, so that the consumers check their rings themselves.
 */
static void ring_all(const struct pfqk_snapshot *s)
{
	struct pfq_reader_hdr *reader;
	u32 i;

	for (i = 0; s && i < s->group.members; i++) {
		reader = s->endpoint[i]->memory.reader;
		if (pfq_xchg32(&reader->armed, 0) == 1)
			pfqk_doorbell_ring(&s->endpoint[i]->doorbell);
	}
}

/* The same for held fragments: the lane of this CPU will release them. */
static void take_over(struct pfqk_group *g, const struct pfqk_snapshot *s, struct pfqk_cpu *cpu,
		      u64 now)
{
	struct pfqk_lane *own = &g->lane[smp_processor_id()];

	if (!pfq_hold_count(s->group.hold))
		return;
	own->bell_ns = min(own->bell_ns, now + s->group.hold->wait_ns);
	own->active_ns = now;
	schedule_timer(own, cpu, now);
}

static enum hrtimer_restart timer_run(struct hrtimer *timer)
{
	struct pfqk_lane *lane = container_of(timer, struct pfqk_lane, timer);
	struct pfqk_cpu *cpu = pfqk_cpu_own();
	const struct pfqk_snapshot *s;
	u64 now = ktime_get_ns(), at;

	rcu_read_lock();
	s = rcu_dereference(lane->group->snapshot);
	if (unlikely(lane->index != smp_processor_id())) {
		ring_all(s);
		if (s)
			take_over(lane->group, s, cpu, now);
		rcu_read_unlock();
		return HRTIMER_NORESTART;
	}
	if (s)
		tick(lane, s, now);
	else
		lane->bell_ns = ~0ULL;
	rcu_read_unlock();
	rest(cpu, lane, now);
	at = lane->bell_ns;
	if (is_awake(lane, now))
		at = min(at, tick_ns(now));
	if (!s || at == ~0ULL)
		return HRTIMER_NORESTART;
	hrtimer_set_expires(timer, ns_to_ktime(max(at, cpu->rest_until_ns)));
	return HRTIMER_RESTART;
}

void pfqk_lane_init(struct pfqk_lane *lane, struct pfqk_group *g, u32 index)
{
	lane->group = g;
	lane->index = index;
	lane->bell_ns = ~0ULL;
	pfqk_hrtimer_setup(&lane->timer, timer_run, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_PINNED_SOFT);
}

void pfqk_lane_exit(struct pfqk_lane *lane)
{
	hrtimer_cancel(&lane->timer);
}
