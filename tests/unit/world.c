/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "twin.h"

struct world *w;
static u64 ids;	/* packets are numbered by their timestamps */

static void endpoint_open(u32 m, u64 lane_size)
{
	struct endpoint *e = &w->endpoint[m];
	u64 bytes = pfq_ring_area_bytes(LANES, lane_size);
	u32 lane;

	e->area = aligned_alloc(4096, bytes);
	e->reader_area = aligned_alloc(64, pfq_ring_reader_bytes(LANES));
	assert_non_null(e->area);
	assert_non_null(e->reader_area);
	memset(e->area, 0, bytes);
	memset(e->reader_area, 0, pfq_ring_reader_bytes(LANES));
	pfq_ring_format(e->area, LANES, lane_size, 2000, 1);
	for (lane = 0; lane < LANES; lane++)
		pfq_producer_init(&e->producer[lane], e->area, LANES, lane_size, e->reader_area, lane);
	e->lane = (void *)((u8 *)e->reader_area + PFQ_READER_LANE_OFFSET(LANE));
	twin_open_endpoint(m, lane_size);
	w->member[m] = (struct pfq_member){
		.id = 100 + m, .snaplen = 2000, .classes = 1, .producer = e->producer
	};
}

/* the tables as a shell makes them from members and who has started */
void world_build(u32 members)
{
	struct pfq_steer_share share[MEMBERS];
	u32 c, m;

	w->group.members = members;
	for (c = 0; c < CLASSES; c++) {
		struct pfq_class_members *cls = &w->class[c];
		struct pfq_steer_table t;
		u32 s;

		memset(cls, 0, sizeof(*cls));
		for (m = 0; m < members; m++) {
			if (!(w->member[m].classes >> c & 1))
				continue;
			cls->all[cls->count++] = (u16)m;
			if (!w->endpoint[m].started)
				continue;
			share[cls->started_count] = (struct pfq_steer_share){ 100 + m, 1 };
			cls->started[cls->started_count++] = (u16)m;
		}
		pfq_steer_build(&t, NULL, share, cls->started_count);
		cls->table = t;
		for (s = 0; s < PFQ_STEER_SLOTS; s++)
			if (t.slot[s] != PFQ_STEER_NOBODY)
				cls->table.slot[s] = cls->started[t.slot[s]];
		w->group.class[c] = cls->count ? cls : NULL;
	}
}

void world_open(u32 members, u64 lane_size, const char *policy)
{
	u32 m;

	w = calloc(1, sizeof(*w));
	assert_non_null(w);
	twin_open();
	assert_int_equal(pfq_program_from_policy(&w->program, policy), 0);
	w->group.program = &w->program;
	w->group.lane = w->lanes;
	w->group.member = w->member;
	w->env = (struct pfq_lane_env){ .seed = 7, .lane = LANE, .random = 1, .frags = &w->frags };
	for (m = 0; m < members; m++) {
		endpoint_open(m, lane_size);
		w->endpoint[m].started = true;
	}
	world_build(members);
	ids = 0;
}

int world_close(void **state)
{
	u32 m;

	(void)state;
	for (m = 0; m < MEMBERS; m++) {
		free(w->endpoint[m].area);
		free(w->endpoint[m].reader_area);
	}
	twin_close();
	free(w);
	w = NULL;
	return 0;
}

struct pfq_view *world_add(const char *kind, const struct ends *e)
{
	u32 i = w->batch.n++;
	struct packet *p = &w->packet[i];

	memset(p, 0, sizeof(*p));
	packet_kind(kind)->build(p, e);
	w->batch.view[i] = packet_view(packet_kind(kind), p, p->data, p->len);
	w->batch.view[i].ts_ns = ++ids;
	return &w->batch.view[i];
}

struct pfq_view *world_add_flow(u32 flow)
{
	return world_add("ip4-tcp", &(struct ends){ 1, 2, (u16)flow, 80, 0 });
}

void world_run(void)
{
	u32 i;

	twin_before();
	pfq_group_run(&w->group, &w->batch, &w->env, &w->scratch);
	twin_after();
	for (i = 0; i < PFQ_MEMBERS_MAX; i++)
		assert_int_equal(w->scratch.count[i], 0);
	w->batch.n = 0;
}

/* the next record of member @m, NULL: none; read() gives all before it back */
const struct pfq_rec *world_next(u32 m)
{
	struct endpoint *e = &w->endpoint[m];
	const struct pfq_producer *p = &e->producer[LANE];
	const struct pfq_rec *rec;

	WRITE_ONCE(e->lane->cons, e->read);
	while (e->read != p->hdr->prod) {
		rec = (const void *)(p->data + (e->read & (p->size - 1)));
		e->read += PFQ_REC_BYTES(rec->caplen);
		if (!(rec->flags & PFQ_REC_F_PAD))
			return rec;
	}
	return NULL;
}

u32 world_count_records(u32 m)
{
	u32 n = 0;

	while (world_next(m))
		n++;
	return n;
}

u64 world_group_counter(enum pfq_group_counter c)
{
	return w->lanes[LANE].counters[c];
}

u64 world_counter(u32 m, enum pfq_endpoint_counter c)
{
	const struct pfq_producer *p = &w->endpoint[m].producer[LANE];

	/* what the consumer sees is what the engine has */
	assert_int_equal(p->hdr->counters[c], p->counters[c]);
	return p->counters[c];
}

void world_check_sums(void)
{
	u64 offered = 0;
	u32 m;

	assert_int_equal(G(recv), G(drop_filter) + G(drop_vlan) + G(drop_program) +
					  G(drop_no_member) + G(steered) + pfq_hold_count(w->group.hold));
	for (m = 0; m < w->group.members; m++) {
		assert_int_equal(C(m, offered), C(m, drop_endpoint_filter) + C(m, drop_ring_full) +
							C(m, delivered));
		offered += C(m, offered);
	}
	assert_int_equal(G(copies), offered);
}

struct pfq_filter *world_filter(const struct sock_filter *insns, unsigned int count)
{
	struct pfq_filter *f = malloc(pfq_filter_size(count));

	assert_non_null(f);
	assert_int_equal(pfq_filter_init(f, insns, count), 0);
	return f;
}

const struct sock_filter world_odd[WORLD_ODD_INSNS] = {
	BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 34),
	BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 1),
	BPF_STMT(BPF_RET | BPF_A, 0),
};
