/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include "pfqd/base/error.h"
#include "pfqd/engine/snapshot.h"
#include "check.h"
#include "plan_rig.h"

struct group_list groups;
struct source_set sources;
static uint32_t last_id;

int plan_setup(void **state)
{
	(void)state;
	TAILQ_INIT(&groups);
	source_set_init(&sources, LANES, 1);
	last_id = 0;
	return 0;
}

struct endpoint *plan_join(struct group *g, uint64_t classes, uint32_t weight)
{
	struct endpoint *ep = calloc(1, sizeof(*ep));

	ep->id = ++last_id;
	ep->params.classes = classes;
	ep->params.weight = weight;
	ep->lanes = LANES;
	ep->producer = calloc(LANES, sizeof(*ep->producer));
	ep->doorbell = ep->doorbell_peer = ep->memory.data_fd = ep->memory.reader_fd = -1;
	group_add(g, ep);
	return ep;
}

void plan_leave(struct endpoint *ep)
{
	group_remove(ep->group, ep);
	endpoint_destroy(ep);
}

struct group *plan_group(const char *steer, uint32_t wanted)
{
	struct group_settings s;
	struct pfq_error err;
	struct group *g;

	group_settings_default(&s);
	assert_int_equal(group_settings_steer(&s, steer, &err), 0);
	s.members_wanted = wanted;
	assert_int_equal(group_create(&g, GROUP_CONFIGURED, &s, LANES, &err), 0);
	TAILQ_INSERT_TAIL(&groups, g, entry);
	return g;
}

void plan_end(struct group *g)
{
	struct endpoint *ep;

	while ((ep = TAILQ_FIRST(&g->member)))
		plan_leave(ep);
	group_unbind(g, false);
	TAILQ_REMOVE(&groups, g, entry);
	group_destroy(g);
	source_sweep(&sources);
}

void plan_settled(void)
{
	struct plan *plan = plan_create(&groups, &sources.live);

	assert_non_null(plan);
	plan_settle(&groups, &sources.live);
	plan_free(plan);
}
