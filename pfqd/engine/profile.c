/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>

#include "pfqd/base/error.h"
#include "profile.h"

#define NS_PER_MS	1000000ULL
#define NS_PER_S	1000000000ULL

/* Does the group count? Not after it was given another program. */
static bool is_on(const struct pfqd_group *g)
{
	return group_program(g) != g->settings.program;
}

const struct pfq_profile *profile_of(const struct pfqd_group *g, const void *owner)
{
	return is_on(g) && g->profile.owner == owner ? g->profile.program->profile : NULL;
}

/* Let the timer expire when the first time is over. */
static void schedule(struct registry *e)
{
	uint64_t now_ns = loop_now_ns(), first_ns = UINT64_MAX, ms = 1;
	const struct pfqd_group *g;

	TAILQ_FOREACH(g, &e->groups, entry) {
		if (g->profile.program && g->profile.until_ns < first_ns)
			first_ns = g->profile.until_ns;
	}
	if (first_ns > now_ns)
		ms = (first_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS;
	loop_timer_set(e->profiles, first_ns == UINT64_MAX ? 0 : (unsigned int)ms);
}

int profile_begin(struct registry *e, struct pfqd_group *g, const void *owner,
		  unsigned int seconds, struct pfq_error *err)
{
	struct program *counting;

	if (is_on(g) && g->profile.owner != owner)
		return error_set(err, -EBUSY, "group %s: another client counts the answers of its "
				 "steps; allowed: one at a time", g->settings.name);
	if (program_counting(&counting, g->settings.program, e->lanes))
		return error_set(err, -ENOMEM, "no memory");
	group_profile_end(g);
	g->profile = (struct group_profile){
		.program = counting,
		.of = program_get(g->settings.program),
		.owner = owner,
		.until_ns = loop_now_ns() + seconds * NS_PER_S,
	};
	schedule(e);
	return 0;
}

bool profile_leave(struct registry *e, const void *owner)
{
	struct pfqd_group *g;
	bool has_ended = false;

	TAILQ_FOREACH(g, &e->groups, entry) {
		if (!g->profile.program || g->profile.owner != owner)
			continue;
		group_profile_end(g);
		has_ended = true;
	}
	schedule(e);
	return has_ended;
}

void profile_expire(struct registry *e)
{
	uint64_t now_ns = loop_now_ns();
	struct pfqd_group *g;

	TAILQ_FOREACH(g, &e->groups, entry) {
		if (g->profile.program && g->profile.until_ns <= now_ns)
			group_profile_end(g);
	}
	schedule(e);
}
