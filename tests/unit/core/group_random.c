/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Runs random groups: verdicts, classes, members, filters, directions, full rings. A model
 * computes for each member what it must get.
 */
#include "tests/unit/fixture/core_world.h"

/* the verdict for the packet whose ts_ns is the index */
static struct pfq_verdict script[PFQ_BATCH_MAX + 1];

static const struct pfq_step *scripted(const struct pfq_step *s, struct pfq_run *r)
{
	(void)s;
	r->out->main = script[r->v->rxhash];
	return NULL;
}

/* Compute, member by member, which members must get @v. Returns a mask. */
static u32 expected_members(const struct pfq_verdict *verdict)
{
	u32 c, k, mask = 0;

	for (c = 0; c < CLASSES; c++) {
		const struct pfq_class_members *cls = &w->class[c];
		u32 started = cls->started_count;

		if (!(verdict->classes >> c & 1))
			continue;
		if (verdict->kind == PFQ_VERDICT_COPY)
			for (k = 0; k < cls->count; k++)
				mask |= 1U << cls->all[k];
		if (!started)
			continue;
		if (verdict->kind == PFQ_VERDICT_STEER || verdict->kind == PFQ_VERDICT_DOUBLE)
			mask |= 1U << cls->table.slot[verdict->h1 & (PFQ_STEER_SLOTS - 1)];
		if (verdict->kind == PFQ_VERDICT_DOUBLE)
			mask |= 1U << cls->table.slot[verdict->h2 & (PFQ_STEER_SLOTS - 1)];
		if (verdict->kind == PFQ_VERDICT_TURN)
			mask |= 1U << cls->started[verdict->h1 % started];
		if (verdict->kind == PFQ_VERDICT_INDEX && verdict->h1 < started)
			mask |= 1U << cls->started[verdict->h1];
	}
	return mask;
}

/*
 * Drops that the model computes, or that depend on rings. It takes each other drop of the lists
 * in linux/pfq.h from the engine: such a packet or copy goes nowhere else.
 */
static const bool group_known[PFQ_GROUP_COUNTERS_MAX] = {
	[PFQ_GROUP_drop_filter] = true,
	[PFQ_GROUP_drop_vlan] = true,
	[PFQ_GROUP_drop_program] = true,
	[PFQ_GROUP_drop_no_member] = true,
};
static const bool endpoint_known[PFQ_ENDPOINT_COUNTERS_MAX] = {
	[PFQ_ENDPOINT_drop_endpoint_filter] = true,
	[PFQ_ENDPOINT_drop_ring_full] = true,
};

struct model {
	u64 group[PFQ_GROUP_COUNTERS_MAX];
	u64 offered[MEMBERS], refused[MEMBERS];
	u64 last[MEMBERS];	/* of the last record */
};

static bool passes(const struct pfq_filter *f, u8 direction, const struct pfq_view *v)
{
	if (direction == PFQ_DIRECTION_IN && v->flags & PFQ_REC_F_OUT)
		return false;
	if (direction == PFQ_DIRECTION_OUT && !(v->flags & PFQ_REC_F_OUT))
		return false;
	return pfq_filter_match(f, v);
}

/* @drop: as the engine counted it; PFQ_GROUP_COUNTERS_MAX: it did not drop the packet */
static void model_packet(struct model *model, const struct pfq_view *v, u32 drop)
{
	const struct pfq_verdict *verdict = &script[v->rxhash];
	u32 m, mask;

	if (!passes(NULL, w->group.direction, v))
		return;
	model->group[PFQ_GROUP_recv]++;
	if (drop < PFQ_GROUP_COUNTERS_MAX && !group_known[drop]) {
		model->group[drop]++;
		return;
	}
	if (!pfq_filter_match(w->group.filter, v)) {
		model->group[PFQ_GROUP_drop_filter]++;
		return;
	}
	if (w->group.vlans && !pfq_vlan_match(w->group.vlans, v)) {
		model->group[PFQ_GROUP_drop_vlan]++;
		return;
	}
	if (verdict->kind == PFQ_VERDICT_DROP) {
		model->group[PFQ_GROUP_drop_program]++;
		return;
	}
	mask = w->group.holding ? 0 : expected_members(verdict);
	model->group[mask ? PFQ_GROUP_steered : PFQ_GROUP_drop_no_member]++;
	for (m = 0; m < w->group.members; m++) {
		if (!(mask >> m & 1))
			continue;
		model->group[PFQ_GROUP_copies]++;
		model->offered[m]++;
		if (!passes(w->member[m].filter, w->member[m].direction, v))
			model->refused[m]++;
	}
}

static void random_members(u64 *random, struct pfq_filter *const *filters)
{
	u32 members = (u32)check_random(random) % (MEMBERS + 1), m;

	for (m = 0; m < members; m++) {
		w->member[m].classes = check_random(random) % (1 << CLASSES);
		w->member[m].direction = check_random(random) % 4 ? 0 :
						 (u8)(check_random(random) % 3);
		w->member[m].filter = filters[check_random(random) % 4];
		w->endpoint[m].started = check_random(random) % 4;
	}
	world_build(members);
	w->group.holding = check_random(random) % 16 == 0;
	w->group.direction = check_random(random) % 4 ? 0 : (u8)(check_random(random) % 3);
	w->group.filter = check_random(random) % 4 ? NULL : filters[1];
}

/* Run a batch through the engine and the model. */
static void random_batch(u64 *random, struct model *model)
{
	u32 n = (u32)check_random(random) % (PFQ_BATCH_MAX + 1), i;

	for (i = 0; i < n; i++) {
		struct pfq_view *v = world_add_flow((u32)check_random(random));

		v->rxhash = i;
		v->caplen = (u32)(check_random(random) % (v->len + 1));
		v->flags = (check_random(random) % 2 ? PFQ_REC_F_OUT : 0) |
			   (check_random(random) % 4 ? 0 : PFQ_REC_F_VLAN);
		v->tci = (u16)(check_random(random) % 8);
		script[i] = (struct pfq_verdict){
			.kind = (enum pfq_verdict_kind)(check_random(random) % 6),
			.h1 = (u32)check_random(random) % (i % 2 ? 16 : ~0U),
			.h2 = (u32)check_random(random),
			.classes = i % 3 ? PFQ_CLASS_DEFAULT : check_random(random),
			.flow_hash = (u32)v->ts_ns * 3,
		};
	}
	world_run();
	for (i = 0; i < n; i++)
		model_packet(model, &w->batch.view[i], w->drop[i]);
}

/* Read records: they are in order, each packet comes at most once, with the right hash. */
static void read_some(u64 *random, struct model *model)
{
	const struct pfq_rec *rec;
	u32 m;

	for (m = 0; m < MEMBERS; m++) {
		/* Some members read often, others rarely. */
		if (check_random(random) % (m % 3 ? 3 : 100))
			continue;
		while ((rec = world_next(m))) {
			assert_true(rec->ts_ns > model->last[m]);
			assert_int_equal(rec->hash, (u32)rec->ts_ns * 3);
			model->last[m] = rec->ts_ns;
			w->endpoint[m].lane->read++;
		}
	}
}

/*
 * The filter refuses what the model says. A copy that was dropped for a cause that the model does
 * not know may not have come to the filter.
 */
static void check_refused(const struct model *model, u32 m)
{
	u64 refused = C(m, drop_endpoint_filter), others = 0;
	u32 c;

	for (c = 0; c < PFQ_ENDPOINT_COUNTERS_MAX; c++)
		if (world_endpoint_kinds[c] == PFQ_COUNTER_DROP && !endpoint_known[c])
			others += world_counter(m, c);
	assert_true(refused <= model->refused[m]);
	assert_true(refused + others >= model->refused[m]);
}

/* Compare counters and rings of the lane with @model. Returns the copies lost to full rings. */
static u64 check_lane(const struct model *model)
{
	u64 full = 0;
	u32 m, c;

	for (c = 0; c < PFQ_GROUP_COUNTERS_MAX; c++)
		assert_int_equal(w->lanes[LANE].counters[c], model->group[c]);
	world_build(MEMBERS);
	world_check_sums();
	for (m = 0; m < MEMBERS; m++) {
		assert_int_equal(C(m, offered), model->offered[m]);
		check_refused(model, m);
		full += C(m, drop_ring_full);
		while (world_next(m))
			w->endpoint[m].lane->read++;
		/* Exactly the delivered packets were read. */
		assert_int_equal(C(m, delivered), w->endpoint[m].lane->read);
		assert_int_equal(w->endpoint[m].producer[LANE].violations, 0);
	}
	return full;
}

/* The other lane's counters and rings have not changed. */
static void check_other_lane(void)
{
	u32 m, c;

	for (c = 0; c < PFQ_GROUP_COUNTERS_MAX; c++)
		assert_int_equal(w->lanes[!LANE].counters[c], 0);
	for (m = 0; m < MEMBERS; m++)
		assert_int_equal(w->endpoint[m].producer[!LANE].head, 0);
}

static void random_runs_add_up(void **state)
{
	static const struct sock_filter none[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	static const struct sock_filter first[] = { BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 60),
						    BPF_STMT(BPF_RET | BPF_K, 1) };
	struct pfq_filter *filters[4] = { NULL, world_filter(world_odd, WORLD_ODD_INSNS),
					  world_filter(first, ARRAY_SIZE(first)),
					  world_filter(none, ARRAY_SIZE(none)) };
	struct model model = { .last = { 0 } };
	struct pfq_vlan_set vlans;
	u64 random = 2024, full;
	const char *bad;
	u32 round, m, c;

	(void)state;
	assert_int_equal(pfq_vlan_parse(&vlans, "untagged,1-6", &bad), 0);
	world_open(MEMBERS, 1 << 15, "copy");
	w->program.only = scripted;
	w->group.vlans = &vlans;
	for (round = 0; round < 20000; round++) {
		if (round % 50 == 0)
			random_members(&random, filters);
		random_batch(&random, &model);
		read_some(&random, &model);
	}
	full = check_lane(&model);
	print_message("%lu packets, %lu copies, %lu lost to full rings\n",
		      (unsigned long)model.group[PFQ_GROUP_recv],
		      (unsigned long)model.group[PFQ_GROUP_copies], (unsigned long)full);
	assert_true(full > 1000);
	/* hold.c tests the counters after "copies". */
	for (c = 0; c <= PFQ_GROUP_copies; c++)
		assert_true(model.group[c] > 1000);
	check_other_lane();
	for (m = 1; m < 4; m++)
		free(filters[m]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(random_runs_add_up, world_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
