/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/reason.h"
#include "pfqd/base/log.h"
#include "pfqd/host/delivered.h"
#include "group.h"
#include "handover_turn.h"

/*
 * After each turn that the workers got too late, the next one lies further ahead by this factor, up
 * to the limit.
 */
#define HANDOVER_AHEAD_FACTOR	4
#define HANDOVER_AHEAD_MAX_NS	(HANDOVER_AHEAD_NS * 4 * 4 * 4 * 4)

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
static void begin(struct pfqd_group *g, struct source_set *set, const struct clock_watch *clock)
{
	bool is_asked = g->handover.is_asked;
	struct pfq_error err;
	unsigned int i;

	g->is_immediate = group_wants_immediate(g);
	g->handover.is_asked = false;
	g->handover.back_ns = 0;
	g->handover.ahead_ns = HANDOVER_AHEAD_NS;
	g->handover.sets = clock->sets;
	g->handover.is_ending = false;
	handover_turn_set(g, ~0ULL, ~0ULL);
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

/* The workers got the turn too late. Choose one that is further ahead. */
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

/* Is it time for other sources? A group changes back to the usual ones after a delay. */
static bool is_due(struct pfqd_group *g)
{
	uint64_t now_ns = loop_now_ns();

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

void handover_prepare(struct pfqd_group *g, struct source_set *set,
		      const struct clock_watch *clock)
{
	if (g->handover.state == HANDOVER_NONE && g->settings.driver->immediate && is_due(g))
		begin(g, set, clock);
	else if (g->handover.state == HANDOVER_OPEN)
		handover_turn_choose(g);
}

/* --- after the workers have taken the plan ------------------------------------------ */

/*
 * A turn that is chosen after this matters for packets that are to come, and for packets from
 * before the clock was set. Let the workers read all packets that have come so far.
 */
static void mark(struct pfqd_group *g, struct clock_watch *clock)
{
	uint64_t sets = clock_watch_look(clock);

	/* if the clock was set, one of a packet's two copies may not be there yet */
	if (sets != g->handover.sets)
		(void)delivered_wait();
	g->handover.sets = sets;
	handover_mark(g);
}

static void look_at_marks(struct pfqd_group *g)
{
	bool is_past = handover_is_past_mark(g);

	if (!is_past && !handover_is_late(&g->handover))
		return;
	if (!is_past)
		log_write(LOG_LEVEL_WARNING, LOG_ABOUT(.group = g->settings.name),
			  "group %s: its workers are late: if the clock was set, packets from "
			  "before that may be lost or come twice", g->settings.name);
	g->handover.state = HANDOVER_OPEN;
}

static void finish(struct pfqd_group *g, const struct workers *workers)
{
	unsigned int i;

	for (i = 0; i < g->feeds; i++) {
		struct group_feed *feed = &g->feed[i];
		bool is_whole = handover_is_read(g, feed->source, workers);

		if (feed->coming && !is_whole)
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
	uint64_t now_ns = loop_now_ns();

	if (!g->handover.back_ns)
		return 0;
	return g->handover.back_ns > now_ns ?
		(unsigned int)((g->handover.back_ns - now_ns) / 1000000) + 1 : 1;
}

/* The clock was set: the time of a turn that holds stays, and another turn is needed. */
static void begin_again(struct pfqd_group *g)
{
	plan_turn_decide(g->handover.turn, PLAN_TURN_VOID);
	g->handover.is_ending = false;
	g->handover.state = HANDOVER_OPENING;
}

static void run(struct pfqd_group *g, const struct workers *workers)
{
	struct handover *h = &g->handover;

	if (!handover_turn_holds(h)) {
		choose_again(g);
	} else if (handover_is_over(g, workers)) {
		h->is_ending = true;
		handover_mark(g);
	} else if (handover_is_late(h)) {
		finish(g, workers);
	}
}

static void end(struct pfqd_group *g, const struct workers *workers)
{
	struct handover *h = &g->handover;

	if (handover_turn_holds(h) || handover_is_late(h))
		finish(g, workers);
	else
		/* a packet from before the first turn came very late */
		handover_mark(g);
}

unsigned int handover_settle(struct pfqd_group *g, const struct workers *workers,
			     struct clock_watch *clock)
{
	struct handover *h = &g->handover;

	if (h->state == HANDOVER_NONE)
		return back_ms(g);
	if (h->state != HANDOVER_OPENING && clock_watch_look(clock) != h->sets)
		begin_again(g);
	else if (h->state == HANDOVER_OPENING)
		mark(g, clock);
	else if (h->state == HANDOVER_READING)
		look_at_marks(g);
	else if (h->state == HANDOVER_RUNNING)
		run(g, workers);
	else if (h->state == HANDOVER_ENDING)
		end(g, workers);
	/* after the end, one more plan closes the old sources */
	return HANDOVER_STEP_MS;
}

struct plan_bound handover_bound(const struct handover *h, const struct group_feed *feed,
				 const struct source *src)
{
	if (!feed->coming || h->state == HANDOVER_NONE)
		return (struct plan_bound){ NULL, false };
	return (struct plan_bound){ h->turn, src == feed->source };
}
