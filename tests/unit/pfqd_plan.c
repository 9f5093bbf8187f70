/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Groups, and what the workers get to see of them. */
#include "config.h"

#include "../../pfqd/error.h"
#include "../../pfqd/plan.h"
#include "../../pfqd/snapshot.h"
#include "check.h"

#define LANES	2

static struct group_list groups;
static struct source_set sources;
static uint32_t last_id;

static int setup(void **state)
{
	(void)state;
	TAILQ_INIT(&groups);
	source_set_init(&sources, LANES, 1);
	last_id = 0;
	return 0;
}

static struct endpoint *join(struct group *g, uint64_t classes, uint32_t weight)
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

static void leave(struct endpoint *ep)
{
	group_remove(ep->group, ep);
	endpoint_destroy(ep);
}

static struct group *make(const char *steer, uint32_t wanted)
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

static void end(struct group *g)
{
	struct endpoint *ep;

	while ((ep = TAILQ_FIRST(&g->member)))
		leave(ep);
	group_unbind(g, false);
	TAILQ_REMOVE(&groups, g, entry);
	group_destroy(g);
	source_sweep(&sources);
}

/* a plan as if the workers had taken it */
static void settle(void)
{
	struct plan *plan = plan_create(&groups, &sources.live);

	assert_non_null(plan);
	plan_settle(&groups, &sources.live);
	plan_free(plan);
}

static const struct pfq_class_members *class_of(const struct group *g, unsigned int class)
{
	return g->snapshot->plan.group.class[class];
}

/* the id of the endpoint that slot @i goes to; 0: nobody */
static uint32_t owner(const struct group *g, uint32_t i)
{
	uint16_t m = pfq_steer_pick(&class_of(g, 0)->table, i);

	return m == PFQ_STEER_NOBODY ? 0 : g->snapshot->plan.group.member[m].id;
}

static uint32_t count_slots(const struct group *g, uint32_t id)
{
	uint32_t i, n = 0;

	for (i = 0; i < PFQ_STEER_SLOTS; i++)
		n += owner(g, i) == id;
	return n;
}

static void test_started_only(void **state)
{
	struct group *g = make("flow", 0);
	struct endpoint *a = join(g, 1, 1), *b = join(g, 1, 1), *c = join(g, 1, 1);

	(void)state;
	settle();
	assert_int_equal(class_of(g, 0)->count, 3);
	assert_int_equal(class_of(g, 0)->started_count, 0);
	assert_int_equal(count_slots(g, 0), PFQ_STEER_SLOTS);
	group_start(g, b);
	settle();
	assert_int_equal(count_slots(g, b->id), PFQ_STEER_SLOTS);
	group_start(g, c);
	group_start(g, c);
	settle();
	assert_int_equal(g->started, 2);
	assert_int_equal(count_slots(g, b->id), PFQ_STEER_SLOTS / 2);
	assert_int_equal(count_slots(g, c->id), PFQ_STEER_SLOTS / 2);
	assert_int_equal(count_slots(g, a->id), 0);
	assert_int_equal(class_of(g, 0)->started[0], 1);
	assert_int_equal(class_of(g, 0)->started[1], 2);
	end(g);
}

/* When members come, go, or are there without having started, only a share moves. */
static void test_little_moves(void **state)
{
	struct group *g = make("flow", 0);
	uint32_t before[PFQ_STEER_SLOTS], i, moved;
	struct endpoint *ep[6];
	uint64_t seed = 4711;
	int round, k;

	(void)state;
	for (i = 0; i < 6; i++) {
		ep[i] = join(g, 1, 1 + i % 3);
		if (i != 2)
			group_start(g, ep[i]);
	}
	settle();
	for (round = 0; round < 60; round++) {
		uint32_t gone = 0, came = 0;

		for (i = 0; i < PFQ_STEER_SLOTS; i++)
			before[i] = owner(g, i);
		k = check_random(&seed) % 6;
		if (round % 2) {
			gone = ep[k]->id;
			leave(ep[k]);
			ep[k] = join(g, 1, 1);	/* joined, not started: takes nothing */
		} else if (!ep[k]->is_started) {
			group_start(g, ep[k]);
			came = ep[k]->id;
		}
		settle();
		for (i = 0, moved = 0; i < PFQ_STEER_SLOTS; i++) {
			assert_true(owner(g, i) || !g->started);
			if (before[i] == owner(g, i))
				continue;
			/* from who has gone, or to who came, or for the rounding of shares */
			if (before[i] != gone && owner(g, i) != came)
				moved++;
		}
		assert_true(moved <= 6);
	}
	end(g);
}

static void test_weights(void **state)
{
	struct group *g = make("flow", 0);
	struct endpoint *a = join(g, 1, 1), *b = join(g, 1, 3);

	(void)state;
	group_start(g, a);
	group_start(g, b);
	settle();
	assert_int_equal(count_slots(g, a->id), PFQ_STEER_SLOTS / 4);
	assert_int_equal(count_slots(g, b->id), PFQ_STEER_SLOTS / 4 * 3);
	end(g);
}

static void test_classes(void **state)
{
	struct group *g = make("flow", 0);
	struct endpoint *a = join(g, ~0ULL, 1), *b = join(g, 1ULL << 63 | 2, 1);

	(void)state;
	group_start(g, b);
	settle();
	assert_int_equal(class_of(g, 0)->count, 1);
	assert_int_equal(class_of(g, 1)->count, 2);
	/* the same subscribers: one table */
	assert_ptr_equal(class_of(g, 0), class_of(g, 2));
	assert_ptr_equal(class_of(g, 1), class_of(g, 63));
	assert_ptr_not_equal(class_of(g, 0), class_of(g, 1));
	assert_int_equal(g->snapshot->tables, 2);
	assert_int_equal(class_of(g, 0)->started_count, 0);
	assert_int_equal(class_of(g, 63)->started[0], 1);
	leave(a);
	settle();
	assert_null(class_of(g, 0));
	assert_int_equal(class_of(g, 1)->all[0], 0);
	assert_int_equal(class_of(g, 1)->started[0], 0);
	assert_int_equal(pfq_steer_pick(&class_of(g, 1)->table, 77), 0);
	end(g);
}

static void test_holding(void **state)
{
	struct group *g = make("flow", 2), *c = make("copy", 2);
	struct endpoint *a = join(g, 1, 1), *b = join(g, 1, 1);

	(void)state;
	join(c, 1, 1);
	group_start(g, a);
	settle();
	assert_true(g->snapshot->plan.group.holding);
	assert_true(c->snapshot->plan.group.holding);
	join(c, 1, 1);	/* copies go to who has joined */
	group_start(g, b);
	settle();
	assert_false(g->snapshot->plan.group.holding);
	assert_false(c->snapshot->plan.group.holding);
	/* one that ends does not hold the others up */
	leave(b);
	settle();
	assert_false(g->snapshot->plan.group.holding);
	/* but all must be there again after the last */
	leave(a);
	a = join(g, 1, 1);
	group_start(g, a);
	settle();
	assert_true(g->snapshot->plan.group.holding);
	end(g);
	end(c);
}

/* only what changed is made anew */
static void test_snapshots(void **state)
{
	struct group *g = make("flow", 0), *h = make("flow", 0);
	struct snapshot *of_g, *of_h;
	struct endpoint *a;
	struct plan *plan;

	(void)state;
	settle();
	of_g = g->snapshot;
	of_h = h->snapshot;
	assert_int_equal(of_g->plan.group.members, 0);
	a = join(g, 1, 1);
	plan = plan_create(&groups, &sources.live);
	assert_non_null(plan);
	/* in the making: what is published is as it was */
	assert_ptr_equal(g->snapshot, of_g);
	assert_int_equal(plan->groups, 2);
	assert_ptr_equal(plan->group[0], &g->next->plan);
	assert_ptr_equal(plan->group[1], &of_h->plan);
	plan_discard(plan, &groups);
	assert_null(g->next);
	assert_ptr_equal(g->snapshot, of_g);
	settle();
	assert_ptr_equal(h->snapshot, of_h);
	assert_int_equal(g->snapshot->plan.group.members, 1);
	assert_int_equal(g->snapshot->plan.group.member[0].id, a->id);
	assert_ptr_equal(g->snapshot->plan.group.lane, g->lane);
	end(g);
	end(h);
}

/* --- sources ------------------------------------------------------------------ */

static struct ingest *const some_ingest = (struct ingest *)&last_id;

static void no_counters(struct ingest *in, uint64_t counters[PFQ_INGEST_COUNTERS_MAX])
{
	(void)in;
	(void)counters;
}

static void no_close(struct ingest *in)
{
	assert_ptr_equal(in, some_ingest);
}

static const struct ingest_driver driver = {
	.name = "none",
	.counters = no_counters,
	.close = no_close,
};

/* as if it were open in these lanes */
static void fake_open(struct source *src, bool lane0, bool lane1)
{
	src->driver = &driver;
	src->ingest = calloc(LANES, sizeof(*src->ingest));
	src->ingest[0] = lane0 ? some_ingest : NULL;
	src->ingest[1] = lane1 ? some_ingest : NULL;
	src->linktype = PFQ_LINKTYPE_ETHERNET;
}

static void bind_devices(struct group *g, const char *text)
{
	struct binding_list list;
	struct pfq_error err;

	assert_int_equal(binding_list_parse(&list, text, &err), 0);
	assert_int_equal(group_bind(g, &sources, &list, false, &err), 0);
}

/* only who asks for the hash of the device pays for it */
static void test_source_with_rxhash(void **state)
{
	struct group *flow = make("flow", 0), *rss = make("rss", 0), *other = make("rss", 0);

	(void)state;
	bind_devices(flow, "x");
	bind_devices(rss, "x");
	bind_devices(other, "x");
	assert_false(flow->feed[0].source->with_rxhash);
	assert_true(rss->feed[0].source->with_rxhash);
	assert_ptr_equal(rss->feed[0].source, other->feed[0].source);
	assert_int_equal(sources.count, 2);
	end(flow);
	end(rss);
	end(other);
}

static void test_shared_source(void **state)
{
	struct group *g = make("flow", 0), *h = make("flow", 0);
	struct plan *plan;

	(void)state;
	bind_devices(g, "x,y/1");
	bind_devices(h, "x,y/2");
	assert_int_equal(sources.count, 3);
	assert_ptr_equal(g->feed[0].source, h->feed[0].source);
	assert_ptr_not_equal(g->feed[1].source, h->feed[1].source);
	fake_open(g->feed[0].source, true, true);
	fake_open(h->feed[1].source, false, true);
	plan = plan_create(&groups, &sources.live);
	assert_int_equal(plan->sources, 2);
	assert_int_equal(plan->source[0].groups, 2);
	assert_int_equal(plan->source[1].groups, 1);
	assert_ptr_equal(plan->source[1].group[0], &h->next->plan);
	assert_int_equal(g->next->plan.lanes_fed, 3);
	plan_settle(&groups, &sources.live);
	assert_int_equal(g->feed[0].source->plan_index, 0);
	assert_int_equal(g->feed[1].source->plan_index, SOURCE_NOT_PLANNED);
	assert_int_equal(h->feed[1].source->plan_index, 1);
	plan_free(plan);
	/* a source that opens is a change */
	assert_false(g->is_changed);
	group_unbind_after(g, 1);
	settle();
	bind_devices(g, "z");
	fake_open(g->feed[1].source, true, false);
	settle();
	assert_int_equal(g->snapshot->plan.lanes_fed, 3);
	end(g);
	assert_int_equal(sources.count, 2);
	end(h);
	assert_int_equal(sources.count, 0);
}

static void test_overlap(void **state)
{
	struct group *g = make("flow", 0);
	struct binding_list list;
	struct pfq_error err;

	(void)state;
	bind_devices(g, "x/0-3");
	bind_devices(g, "x/1");		/* has it already */
	bind_devices(g, "x/4");
	assert_int_equal(g->feeds, 2);
	assert_int_equal(binding_list_parse(&list, "x/3-4", &err), 0);
	assert_int_equal(group_bind(g, &sources, &list, false, &err), -EINVAL);
	assert_int_equal(binding_list_parse(&list, "x", &err), 0);
	assert_int_equal(group_bind(g, &sources, &list, false, &err), -EINVAL);
	assert_int_equal(g->feeds, 2);
	end(g);
}

static void test_linktypes(void **state)
{
	struct group *g = make("flow", 0);

	(void)state;
	bind_devices(g, "x,y");
	assert_int_equal(group_linktype(g), PFQ_LINKTYPE_ETHERNET);
	fake_open(g->feed[0].source, true, true);
	g->feed[0].source->linktype = PFQ_LINKTYPE_RAW;
	fake_open(g->feed[1].source, true, true);
	group_linktype_update(g);
	assert_int_equal(group_linktype(g), PFQ_LINKTYPE_RAW);
	assert_false(g->feed[0].is_refused);
	assert_true(g->feed[1].is_refused);
	settle();
	assert_int_equal(g->snapshot->plan.lanes_fed, 3);
	end(g);
	/* a member was told Ethernet before any device came */
	g = make("flow", 0);
	bind_devices(g, "x");
	group_linktype_fix(g);
	fake_open(g->feed[0].source, true, true);
	g->feed[0].source->linktype = PFQ_LINKTYPE_RAW;
	group_linktype_update(g);
	assert_true(g->feed[0].is_refused);
	settle();
	assert_int_equal(g->snapshot->plan.lanes_fed, 0);
	end(g);
}

static void test_file_waits(void **state)
{
	struct group *g = make("flow", 2);
	struct endpoint *a = join(g, 1, 1), *b = join(g, 1, 1);
	struct plan *plan;
	struct pfq_error err;
	int started;

	(void)state;
	strcpy(g->settings.file.path, "/x");
	assert_int_equal(group_bind_file(g, &sources, &err), 0);
	fake_open(g->feed[0].source, true, false);
	for (started = 0; started <= 2; started++) {
		plan = plan_create(&groups, &sources.live);
		assert_int_equal(plan->source[0].paused, started < 2);
		plan_discard(plan, &groups);
		group_start(g, started ? b : a);
	}
	/* nobody left to read: no work for nobody */
	leave(b);
	plan = plan_create(&groups, &sources.live);
	assert_false(plan->source[0].paused);
	plan_discard(plan, &groups);
	leave(a);
	plan = plan_create(&groups, &sources.live);
	assert_true(plan->source[0].paused);
	plan_discard(plan, &groups);
	end(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_started_only, setup),
		cmocka_unit_test_setup(test_little_moves, setup),
		cmocka_unit_test_setup(test_weights, setup),
		cmocka_unit_test_setup(test_classes, setup),
		cmocka_unit_test_setup(test_holding, setup),
		cmocka_unit_test_setup(test_snapshots, setup),
		cmocka_unit_test_setup(test_source_with_rxhash, setup),
		cmocka_unit_test_setup(test_shared_source, setup),
		cmocka_unit_test_setup(test_overlap, setup),
		cmocka_unit_test_setup(test_linktypes, setup),
		cmocka_unit_test_setup(test_file_waits, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
