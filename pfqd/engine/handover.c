/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/reason.h"
#include "pfqd/base/log.h"
#include "group.h"

/*
 * After each bound that the workers got too late, the next one lies further ahead by this factor,
 * up to the limit.
 */
#define HANDOVER_AHEAD_FACTOR	4
#define HANDOVER_AHEAD_MAX_NS	(HANDOVER_AHEAD_NS * 4 * 4 * 4 * 4)
/*
 * A handover ends so long after the bound also if a worker has not read the old sources to the
 * bound, if the workers have taken so many plans since then: pfqd itself may have been stopped.
 */
#define HANDOVER_MAX_NS		1000000000ULL
#define HANDOVER_LOOKS		100
/* A clock that falls back by more within HANDOVER_STEP_MS was set, not slewed. */
#define CLOCK_STEP_NS		1000000

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/*
 * Read CLOCK_REALTIME less CLOCK_MONOTONIC. Returns false if the thread did not run for a while
 * between the two: such a difference says nothing.
 */
static bool clock_offset_ns(int64_t *offset_ns)
{
	uint64_t before_ns = clock_ns(CLOCK_MONOTONIC), real_ns = clock_ns(CLOCK_REALTIME);
	uint64_t after_ns = clock_ns(CLOCK_MONOTONIC);

	if (after_ns - before_ns > CLOCK_STEP_NS / 2)
		return false;
	*offset_ns = (int64_t)(real_ns - after_ns);
	return true;
}

void handover_stamp(int *fd, bool is_wanted)
{
	int one = 1;

	if (is_wanted == (*fd >= 0))
		return;
	if (!is_wanted) {
		close(*fd);
		*fd = -1;
		return;
	}
	*fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (*fd < 0 || setsockopt(*fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one)))
		log_warning("packets cannot be stamped for a change of sources: %s",
			    pfq_reason(PFQ_REASON_PFQD, errno));
}

/*
 * Does nobody take packets of the group yet? The only member of a group that gets into immediate
 * mode has just joined, unless a change of the settings has asked for the handover.
 */
static bool is_unread(const struct pfqd_group *g, bool is_asked)
{
	return !g->members || (g->members == 1 && g->is_immediate && !is_asked);
}

static void replace(struct group_feed *feed, bool is_read)
{
	source_leave_to(feed->source, feed->coming, is_read);
	source_put(feed->source);
	feed->source = feed->coming;
	feed->coming = NULL;
}

/*
 * Get the new sources. A device whose new source fails keeps its old one. Without consumers, the
 * next plan has just the new ones.
 */
static void begin(struct pfqd_group *g, struct source_set *set)
{
	bool is_asked = g->handover.is_asked;
	struct pfq_error err;
	unsigned int i;

	g->is_immediate = group_wants_immediate(g);
	g->handover.is_asked = false;
	g->handover.back_ns = 0;
	g->handover.ahead_ns = HANDOVER_AHEAD_NS;
	while (!clock_offset_ns(&g->handover.offset_ns))
		;
	for (i = 0; i < g->feeds; i++) {
		struct group_feed *feed = &g->feed[i];
		const struct source_spec spec =
			group_source_spec(g, &g->settings, &feed->source->binding);

		if (feed->source->driver == group_driver(g))
			continue;
		if (source_get(set, &spec, &feed->coming, &err)) {
			feed->coming = NULL;
			log_write(LOG_LEVEL_WARNING, LOG_ABOUT(.group = g->settings.name),
				  "group %s: %s: its way to take packets stays: %s",
				  g->settings.name, source_device(feed->source), err.text);
			continue;
		}
		if (is_unread(g, is_asked))
			replace(feed, true);
		else
			g->handover.state = HANDOVER_OPENING;
	}
	group_changed(g);
}

/* Choose the bound for @workers workers. New sources that did not open are given up. */
static void choose_bound(struct pfqd_group *g, uint32_t workers)
{
	struct handover *h = &g->handover;
	unsigned int i;

	for (i = 0; i < g->feeds; i++) {
		struct group_feed *feed = &g->feed[i];

		/* if both wait for the device, the new one takes over */
		if (!feed->coming || feed->coming->ingest || !feed->source->ingest)
			continue;
		source_put(feed->coming);
		feed->coming = NULL;
	}
	h->state = HANDOVER_RUNNING;
	h->turn = &g->turns[h->turn == &g->turns[0]];
	*h->turn = (struct plan_turn){
		.at_ns = clock_ns(CLOCK_REALTIME) + h->ahead_ns,
		.workers = workers,
	};
	h->end_ns = clock_ns(CLOCK_MONOTONIC) + h->ahead_ns + HANDOVER_MAX_NS;
	h->looks = 0;
}

/* A worker got the bound too late. Choose one that is further ahead. */
static void choose_again(struct pfqd_group *g)
{
	uint64_t ahead_ns = g->handover.ahead_ns;
	bool is_most = ahead_ns == HANDOVER_AHEAD_MAX_NS;

	log_write(is_most ? LOG_LEVEL_WARNING : LOG_LEVEL_DEBUG,
		  LOG_ABOUT(.group = g->settings.name), "group %s: its sources change later: "
		  "pfqd was late by more than %llu ms",
		  g->settings.name, (unsigned long long)ahead_ns / 1000000);
	if (!is_most)
		g->handover.ahead_ns *= HANDOVER_AHEAD_FACTOR;
	g->handover.state = HANDOVER_OPEN;
}

/*
 * Was the clock set back since the last call? A packet from before that is beyond a bound that is
 * chosen now. No packet may reach a bound that was chosen before, and the ring of the new source
 * fills up with packets that the old one has given. If the clock is set forward, all later packets
 * are beyond the bound, as they shall be.
 */
static bool is_set_back(struct handover *h)
{
	int64_t before_ns = h->offset_ns, now_ns;

	if (!clock_offset_ns(&now_ns))
		return false;
	h->offset_ns = now_ns;
	return now_ns < before_ns - CLOCK_STEP_NS;
}

/* Is it time for other sources? A group changes back to the usual ones after a delay. */
static bool is_due(struct pfqd_group *g)
{
	uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);

	if (g->handover.is_asked)
		return true;
	if (g->is_immediate == group_wants_immediate(g)) {
		g->handover.back_ns = 0;
		return false;
	}
	if (!g->is_immediate)
		return true;
	if (!g->handover.back_ns)
		g->handover.back_ns = now_ns + HANDOVER_BACK_MS * 1000000ULL;
	return now_ns >= g->handover.back_ns;
}

void handover_prepare(struct pfqd_group *g, struct source_set *set)
{
	if (g->handover.state == HANDOVER_NONE && g->settings.driver->immediate && is_due(g))
		begin(g, set);
	else if (g->handover.state == HANDOVER_OPEN && is_set_back(&g->handover))
		g->handover.state = HANDOVER_OPENING;
	else if (g->handover.state == HANDOVER_OPEN)
		choose_bound(g, set->lanes);
}

/* Have the workers given the group all packets of the old source before the bound? */
static bool is_read(const struct pfqd_group *g, const struct group_feed *feed,
		    const struct workers *workers)
{
	const struct source *old = feed->source;

	return !feed->coming || old->plan_index == SOURCE_NOT_PLANNED ||
	       workers_source_done_ns(workers, old->plan_index) >= g->handover.turn->at_ns;
}

static bool is_over(struct pfqd_group *g, const struct workers *workers)
{
	unsigned int i;

	if (++g->handover.looks > HANDOVER_LOOKS &&
	    clock_ns(CLOCK_MONOTONIC) >= g->handover.end_ns)
		return true;
	for (i = 0; i < g->feeds; i++) {
		if (!is_read(g, &g->feed[i], workers))
			return false;
	}
	return true;
}

static void finish(struct pfqd_group *g, const struct workers *workers)
{
	unsigned int i;

	for (i = 0; i < g->feeds; i++) {
		struct group_feed *feed = &g->feed[i];
		bool is_whole = is_read(g, feed, workers);

		if (!is_whole)
			log_write(LOG_LEVEL_WARNING, LOG_ABOUT(.group = g->settings.name),
				  "group %s: %s: its workers are late: packets that they have not "
				  "read yet are lost, counted as drop_socket",
				  g->settings.name, source_device(feed->source));
		if (feed->coming)
			replace(feed, is_whole);
	}
	g->handover.state = HANDOVER_NONE;
	group_changed(g);
}

/* The milliseconds until the group changes back, rounded up; 0: it need not. */
static unsigned int back_ms(const struct pfqd_group *g)
{
	uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);

	if (!g->handover.back_ns)
		return 0;
	return g->handover.back_ns > now_ns ?
		(unsigned int)((g->handover.back_ns - now_ns) / 1000000) + 1 : 1;
}

unsigned int handover_settle(struct pfqd_group *g, const struct workers *workers)
{
	switch (g->handover.state) {
	case HANDOVER_NONE:
		return back_ms(g);
	case HANDOVER_OPENING:
		if (!is_set_back(&g->handover))
			g->handover.state = HANDOVER_OPEN;
		break;
	case HANDOVER_OPEN:
		break;
	case HANDOVER_RUNNING:
		if (is_set_back(&g->handover))
			g->handover.state = HANDOVER_OPENING;
		else if (plan_turn_is_void(g->handover.turn))
			choose_again(g);
		else if (is_over(g, workers))
			finish(g, workers);
		break;
	}
	/* after the end, one more plan closes the old sources */
	return HANDOVER_STEP_MS;
}

struct plan_bound handover_bound(const struct handover *h, const struct group_feed *feed,
				 const struct source *src)
{
	bool is_old = src == feed->source;

	if (!feed->coming || h->state == HANDOVER_NONE)
		return (struct plan_bound){ 0, ~0ULL, NULL };
	if (h->state != HANDOVER_RUNNING)
		return (struct plan_bound){ is_old ? 0 : ~0ULL, ~0ULL, NULL };
	return is_old ? (struct plan_bound){ 0, h->turn->at_ns, h->turn } :
			(struct plan_bound){ h->turn->at_ns, ~0ULL, h->turn };
}
