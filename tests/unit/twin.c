/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "twin.h"

struct twin_endpoint {
	u8 *area, *reader_area;
	u64 bytes, compared;	/* compared: up to this position */
	struct pfq_producer producer[LANES];
	struct pfq_echo echo;
};

struct twin {
	struct pfq_group group;
	struct pfq_group_lane lanes[LANES];
	struct pfq_member member[MEMBERS];
	struct twin_endpoint endpoint[MEMBERS];
	struct pfq_frag_table frags;
	struct pfq_lane_env env;
	struct pfq_scratch scratch;
	struct pfq_batch batch;
};

static struct twin *t;

void twin_open(void)
{
	t = calloc(1, sizeof(*t));
	assert_non_null(t);
}

void twin_close(void)
{
	u32 m;

	for (m = 0; t && m < MEMBERS; m++) {
		free(t->endpoint[m].area);
		free(t->endpoint[m].reader_area);
	}
	free(t);
	t = NULL;
}

void twin_open_endpoint(u32 m, u64 lane_size)
{
	struct twin_endpoint *e = &t->endpoint[m];
	u32 lane;

	e->bytes = pfq_ring_area_bytes(LANES, lane_size);
	e->area = aligned_alloc(4096, e->bytes);
	e->reader_area = aligned_alloc(64, pfq_ring_reader_bytes(LANES));
	assert_non_null(e->area);
	assert_non_null(e->reader_area);
	memcpy(e->area, w->endpoint[m].area, e->bytes);
	memset(e->reader_area, 0, pfq_ring_reader_bytes(LANES));
	for (lane = 0; lane < LANES; lane++)
		pfq_producer_init(&e->producer[lane], e->area, LANES, lane_size, e->reader_area, lane);
}

/* what tests change between runs: settings, what was read, echoes, whose turn it is */
void twin_before(void)
{
	struct twin_endpoint *e;
	u32 m;

	t->group = w->group;
	t->group.lane = t->lanes;
	t->group.member = t->member;
	memcpy(t->lanes, w->lanes, sizeof(t->lanes));
	memcpy(t->member, w->member, sizeof(t->member));
	for (m = 0; m < MEMBERS; m++) {
		e = &t->endpoint[m];
		if (!e->area)
			continue;
		memcpy(e->reader_area, w->endpoint[m].reader_area, pfq_ring_reader_bytes(LANES));
		e->echo = w->endpoint[m].echo;
		t->member[m].producer = e->producer;
		if (t->member[m].echo)
			t->member[m].echo = &e->echo;
	}
	t->env = w->env;
	t->env.frags = &t->frags;
	/* the world's own goes through the same as this one; a test's may be any */
	if (w->env.frags != &w->frags)
		t->frags = *w->env.frags;
	t->batch.n = w->batch.n;
	memcpy(t->batch.view, w->batch.view, w->batch.n * sizeof(t->batch.view[0]));
}

static void twin_run(void)
{
	u32 i;

	if (t->batch.n == 1) {
		pfq_group_run_many(&t->group, &t->batch, &t->env, &t->scratch);
		assert_int_equal(t->scratch.touched_count, w->scratch.touched_count);
		assert_memory_equal(t->scratch.touched, w->scratch.touched,
				    t->scratch.touched_count * sizeof(t->scratch.touched[0]));
	} else {
		for (i = 0; i < t->batch.n; i++)
			pfq_group_run_one(&t->group, &t->batch.view[i], &t->env, &t->scratch);
	}
	for (i = 0; i < PFQ_MEMBERS_MAX; i++)
		assert_int_equal(t->scratch.count[i], 0);
}

/* the lane's new bytes, and the engine's words about it */
static void compare_lane(struct twin_endpoint *e, const struct pfq_producer *ours)
{
	const struct pfq_producer *p = &e->producer[LANE];
	u64 off;

	assert_int_equal(p->head, ours->head);
	assert_int_equal(p->prod, ours->prod);
	assert_int_equal(p->cons, ours->cons);
	assert_int_equal(p->limit, ours->limit);
	assert_int_equal(p->violations, ours->violations);
	assert_memory_equal(p->counters, ours->counters, sizeof(p->counters));
	assert_memory_equal(p->hdr, ours->hdr, sizeof(*p->hdr));
	for (; e->compared < p->prod; e->compared += 8) {
		off = e->compared & (p->size - 1);
		if (memcmp(p->data + off, ours->data + off, 8))
			fail_msg("the rings differ at position %llu",
				 (unsigned long long)e->compared);
	}
}

void twin_after(void)
{
	u32 m;

	twin_run();
	assert_memory_equal(t->lanes, w->lanes, sizeof(t->lanes));
	assert_true(t->env.turn == w->env.turn);
	assert_true(t->env.random == w->env.random);
	for (m = 0; m < MEMBERS; m++) {
		if (!t->endpoint[m].area)
			continue;
		compare_lane(&t->endpoint[m], &w->endpoint[m].producer[LANE]);
		assert_memory_equal(&t->endpoint[m].echo, &w->endpoint[m].echo,
				    sizeof(t->endpoint[m].echo));
	}
}
