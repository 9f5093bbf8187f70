/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the sources of groups: shared sources, bindings, files. */
#include "config.h"

#include "pfqd/base/error.h"
#include "pfqd/engine/snapshot.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/plan_rig.h"

static struct ingest *const some_ingest = (struct ingest *)&groups;

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
	.is_device = true,
	.counters = no_counters,
	.close = no_close,
};

static const struct ingest_driver file_driver = {
	.name = "none",
	.counters = no_counters,
	.close = no_close,
};

/* Make the source look open in these lanes. */
static void fake_open(struct source *src, bool lane0, bool lane1)
{
	src->driver = &driver;
	src->ingest = calloc(LANES, sizeof(*src->ingest));
	src->ingest[0] = lane0 ? some_ingest : NULL;
	src->ingest[1] = lane1 ? some_ingest : NULL;
	src->linktype = PFQ_LINKTYPE_ETHERNET;
}

static void bind_devices(struct pfqd_group *g, const char *text)
{
	struct binding_list list;
	struct pfq_error err;

	assert_int_equal(binding_list_parse(&list, text, &err), 0);
	assert_int_equal(group_bind(g, &sources, &list, false, &err), 0);
}

/* Only groups that use the device's hash get a source that computes it. */
static void test_source_with_rxhash(void **state)
{
	struct pfqd_group *flow = plan_group("flow", 0);
	struct pfqd_group *rss = plan_group("rss", 0), *other = plan_group("rss", 0);

	(void)state;
	bind_devices(flow, "x");
	bind_devices(rss, "x");
	bind_devices(other, "x");
	assert_false(flow->feed[0].source->with_rxhash);
	assert_true(rss->feed[0].source->with_rxhash);
	assert_ptr_equal(rss->feed[0].source, other->feed[0].source);
	assert_int_equal(sources.count, 2);
	plan_end(flow);
	plan_end(rss);
	plan_end(other);
}

static void test_shared_source(void **state)
{
	struct pfqd_group *g = plan_group("flow", 0), *h = plan_group("flow", 0);
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
	/* Opening a source changes its group. */
	assert_false(g->is_changed);
	group_unbind_after(g, 1);
	plan_settled();
	bind_devices(g, "z");
	fake_open(g->feed[1].source, true, false);
	plan_settled();
	assert_int_equal(g->snapshot->plan.lanes_fed, 3);
	plan_end(g);
	assert_int_equal(sources.count, 2);
	plan_end(h);
	assert_int_equal(sources.count, 0);
}

static void test_overlap(void **state)
{
	struct pfqd_group *g = plan_group("flow", 0);
	struct binding_list list;
	struct pfq_error err;

	(void)state;
	bind_devices(g, "x/0-3");
	bind_devices(g, "x/1");		/* bound already */
	bind_devices(g, "x/4");
	assert_int_equal(g->feeds, 2);
	assert_int_equal(binding_list_parse(&list, "x/3-4", &err), 0);
	assert_int_equal(group_bind(g, &sources, &list, false, &err), -EINVAL);
	assert_int_equal(binding_list_parse(&list, "x", &err), 0);
	assert_int_equal(group_bind(g, &sources, &list, false, &err), -EINVAL);
	assert_int_equal(g->feeds, 2);
	plan_end(g);
}

static void test_linktypes(void **state)
{
	struct pfqd_group *g = plan_group("flow", 0);

	(void)state;
	bind_devices(g, "x,y");
	assert_int_equal(group_linktype(g), PFQ_LINKTYPE_ETHERNET);
	fake_open(g->feed[0].source, true, true);
	g->feed[0].source->linktype = PFQ_LINKTYPE_RAW;
	fake_open(g->feed[1].source, true, true);
	group_feeds_update(g);
	assert_int_equal(group_linktype(g), PFQ_LINKTYPE_RAW);
	assert_false(g->feed[0].is_refused);
	assert_true(g->feed[1].is_refused);
	plan_settled();
	assert_int_equal(g->snapshot->plan.lanes_fed, 3);
	plan_end(g);
	/* Its member was told Ethernet before any device came. */
	g = plan_group("flow", 0);
	bind_devices(g, "x");
	group_linktype_fix(g);
	fake_open(g->feed[0].source, true, true);
	g->feed[0].source->linktype = PFQ_LINKTYPE_RAW;
	group_feeds_update(g);
	assert_true(g->feed[0].is_refused);
	plan_settled();
	assert_int_equal(g->snapshot->plan.lanes_fed, 0);
	plan_end(g);
}

static void test_file_waits(void **state)
{
	struct pfqd_group *g = plan_group("flow", 2);
	struct endpoint *a = plan_join(g, 1, 1), *b = plan_join(g, 1, 1);
	struct plan *plan;
	struct pfq_error err;
	int started;

	(void)state;
	g->settings.driver = ingest_driver_find("file");
	strcpy(g->settings.file.path, "/x");
	assert_int_equal(group_bind_settings(g, &sources, false, &err), 0);
	fake_open(g->feed[0].source, true, false);
	g->feed[0].source->driver = &file_driver;
	for (started = 0; started <= 2; started++) {
		plan = plan_create(&groups, &sources.live);
		assert_int_equal(plan->source[0].paused, started < 2);
		plan_discard(plan, &groups);
		group_start(g, started ? b : a);
	}
	/* Without a member that reads, the file stays paused. */
	plan_leave(b);
	plan = plan_create(&groups, &sources.live);
	assert_false(plan->source[0].paused);
	plan_discard(plan, &groups);
	plan_leave(a);
	plan = plan_create(&groups, &sources.live);
	assert_true(plan->source[0].paused);
	plan_discard(plan, &groups);
	plan_end(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_source_with_rxhash, plan_setup),
		cmocka_unit_test_setup(test_shared_source, plan_setup),
		cmocka_unit_test_setup(test_overlap, plan_setup),
		cmocka_unit_test_setup(test_linktypes, plan_setup),
		cmocka_unit_test_setup(test_file_waits, plan_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
