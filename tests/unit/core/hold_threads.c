/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Fragments of each datagram come by several lanes at once, in any order, while other lanes
 * release those whose time is over. Each is delivered once, and all of a datagram go to one
 * member. If none timed out, it is the member that has the flow.
 */
#include <pthread.h>
#include <stdlib.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/packets.h"
#include "core/frag.h"
#include "core/group.h"
#include "core/hash.h"
#include "core/parse.h"

#define LANES		4
#define MEMBERS		4
#define DATAGRAMS	600
#define PIECES		5
#define ROUNDS		30
#define LANE_BYTES	(1 << 20)
#define SEED		7
#define NOW		1700000000000000000ULL
#define WAIT_NS		50000000ULL

struct lane {
	pthread_t thread;
	struct pfq_lane_env env;
	struct pfq_scratch scratch;
	struct pfq_batch batch;
	struct packet packet[PFQ_BATCH_MAX];
	u64 random;
};

/* the conditions of a round */
struct round {
	u32 number;
	bool is_timed;		/* the clock runs, and lanes release what has waited */
	bool is_crowded;	/* one sender, which has too little room */
};

static struct round round_now;
static struct lane *lanes;
static struct pfq_frag_table *frags;
static struct pfq_hold *hold;
static struct pfq_group group;
static struct pfq_group_lane counters[LANES];
static struct pfq_member member[MEMBERS];
static struct pfq_class_members class;
static struct pfq_program program;
static void *area[MEMBERS], *reader[MEMBERS];
static u64 at[MEMBERS][LANES];
static pthread_barrier_t barrier;
/* For each fragment: how often it was read; for each datagram: the members that read it. */
static u8 seen[DATAGRAMS][PIECES], where[DATAGRAMS];

static u64 sum(enum pfq_group_counter c)
{
	u64 all = 0;
	u32 l;

	for (l = 0; l < LANES; l++)
		all += counters[l].counters[c];
	return all;
}

static int open_all(void **state)
{
	struct pfq_steer_share share[MEMBERS];
	u32 m, l;

	(void)state;
	lanes = calloc(LANES, sizeof(*lanes));
	frags = calloc(1, sizeof(*frags));
	hold = calloc(1, sizeof(*hold));
	assert_true(lanes && frags && hold);
	pfq_hold_init(hold, WAIT_NS);
	memset(counters, 0, sizeof(counters));
	memset(at, 0, sizeof(at));
	memset(&class, 0, sizeof(class));
	assert_int_equal(pfq_program_from_policy(&program, "flow"), 0);
	for (m = 0; m < MEMBERS; m++) {
		area[m] = aligned_alloc(4096, pfq_ring_area_bytes(LANES, LANE_BYTES));
		reader[m] = aligned_alloc(64, (pfq_ring_reader_bytes(LANES) + 63) & ~63ULL);
		assert_true(area[m] && reader[m]);
		memset(area[m], 0, pfq_ring_area_bytes(LANES, LANE_BYTES));
		memset(reader[m], 0, pfq_ring_reader_bytes(LANES));
		pfq_ring_format(area[m], LANES, LANE_BYTES, 2000, 1);
		member[m] = (struct pfq_member){ .id = m + 1, .snaplen = 2000, .classes = 1 };
		member[m].producer = calloc(LANES, sizeof(struct pfq_producer));
		assert_non_null(member[m].producer);
		for (l = 0; l < LANES; l++)
			pfq_producer_init(&member[m].producer[l], area[m], LANES, LANE_BYTES,
					  reader[m], l);
		share[m] = (struct pfq_steer_share){ m + 1, 1, false };
		class.all[m] = class.started[m] = (u16)m;
	}
	class.count = class.started_count = MEMBERS;
	pfq_steer_build(&class.table, NULL, share, MEMBERS);
	group = (struct pfq_group){ .id = 1, .program = &program, .lane = counters, .hold = hold,
				    .members = MEMBERS, .member = member };
	group.class[0] = &class;
	for (l = 0; l < LANES; l++) {
		lanes[l].env = (struct pfq_lane_env){ .seed = SEED, .lane = l, .random = 1,
						      .frags = frags };
		lanes[l].random = l + 1;
	}
	pthread_barrier_init(&barrier, NULL, LANES);
	return 0;
}

static int close_all(void **state)
{
	u32 m;

	(void)state;
	for (m = 0; m < MEMBERS; m++) {
		free(area[m]);
		free(reader[m]);
		free(member[m].producer);
	}
	free(lanes);
	free(frags);
	free(hold);
	pthread_barrier_destroy(&barrier);
	return 0;
}

static u32 owner(u32 datagram, u32 piece)
{
	return pfq_hash_u32((round_now.number * DATAGRAMS + datagram) * PIECES + piece, 1) % LANES;
}

static struct ends ends_of(u32 datagram)
{
	return (struct ends){
		.src = round_now.is_crowded ? 5 : 10 + datagram,
		.dst = 2,
		.sport = (u16)(1000 + datagram),
		.dport = 53,
		.id = round_now.number * DATAGRAMS + datagram,
	};
}

/*
 * The time is constant within a round, or grows with each datagram by less than decisions
 * last.
 */
static u64 clock_of(u32 datagram)
{
	u64 passed = round_now.is_timed ? datagram * (WAIT_NS / 40) : 0;

	return NOW + round_now.number * 1000000000ULL + passed;
}

static void add_piece(struct lane *l, u32 datagram, u32 piece)
{
	struct ends e = ends_of(datagram);
	const char *kind = piece == 0		 ? "ip4-first"
			   : piece == PIECES - 1 ? "ip4-last"
						 : "ip4-middle";
	struct packet *p = &l->packet[l->batch.n];
	struct pfq_view *v = &l->batch.view[l->batch.n++];

	p->len = p->edges = 0;
	packet_kind(kind)->build(p, &e);
	*v = packet_view(packet_kind(kind), p, p->data, p->len);
	v->ts_ns = clock_of(datagram);
	v->ifindex = datagram;
	v->queue = (u16)piece;
}

static void run_batch(struct lane *l)
{
	pfq_group_process(&group, &l->batch, &l->env, &l->scratch);
	l->batch.n = 0;
}

/* Send the last fragments first, alone or a few in a batch. */
static void *run_lane(void *arg)
{
	struct lane *l = arg;
	u32 d, i;

	pthread_barrier_wait(&barrier);
	for (d = 0; d < DATAGRAMS; d++) {
		l->env.now_ns = clock_of(d);
		for (i = 0; i < PIECES; i++) {
			u32 piece = PIECES - 1 - (i + d * l->env.lane) % PIECES;

			if (owner(d, piece) != l->env.lane)
				continue;
			add_piece(l, d, piece);
			check_jitter(&l->random);
			if (l->batch.n > d % 5)
				run_batch(l);
		}
		if (round_now.is_timed)
			pfq_group_expire(&group, &l->env, &l->scratch, l->env.now_ns, false);
	}
	if (l->batch.n)
		run_batch(l);
	return NULL;
}

static u32 member_of(u32 datagram)
{
	struct packet p = { .len = 0 };
	struct ends e = ends_of(datagram);
	struct pfq_view v;

	packet_kind("ip4-udp")->build(&p, &e);
	v = packet_view(packet_kind("ip4-udp"), &p, p.data, p.len);
	pfq_parse(&v);
	return pfq_steer_pick(&class.table, pfq_hash_flow(&v, SEED));
}

static void read_all(void)
{
	u32 m, l;

	memset(seen, 0, sizeof(seen));
	memset(where, 0, sizeof(where));
	for (m = 0; m < MEMBERS; m++) {
		for (l = 0; l < LANES; l++) {
			const struct pfq_producer *p = &member[m].producer[l];
			struct pfq_reader_lane *mine =
				(void *)((u8 *)reader[m] + PFQ_READER_LANE_OFFSET(l));

			while (at[m][l] != p->hdr->prod) {
				const struct pfq_rec *rec =
					(const void *)(p->data + (at[m][l] & (p->size - 1)));

				at[m][l] += PFQ_REC_BYTES(rec->caplen);
				if (rec->flags & PFQ_REC_F_PAD)
					continue;
				seen[rec->ifindex][rec->queue]++;
				where[rec->ifindex] |= 1 << m;
			}
			WRITE_ONCE(mine->cons, at[m][l]);
		}
	}
}

/* Run a round. Returns how many datagrams are not with their flow's member. */
static u32 run_round(const struct round *round)
{
	u32 l, d, piece, away = 0;

	round_now = *round;
	for (l = 0; l < LANES; l++)
		assert_int_equal(pthread_create(&lanes[l].thread, NULL, run_lane, &lanes[l]), 0);
	for (l = 0; l < LANES; l++)
		pthread_join(lanes[l].thread, NULL);
	if (!round->is_timed && !round->is_crowded)
		assert_int_equal(pfq_hold_count(hold), 0);
	while (pfq_group_expire(&group, &lanes[0].env, &lanes[0].scratch, 0, true) != ~0ULL)
		;
	assert_int_equal(pfq_hold_count(hold), 0);
	read_all();
	for (d = 0; d < DATAGRAMS; d++) {
		for (piece = 0; piece < PIECES; piece++)
			assert_int_equal(seen[d][piece], 1);
		assert_int_equal(__builtin_popcount(where[d]), 1);
		away += where[d] != 1 << member_of(d);
	}
	assert_int_equal(sum(PFQ_GROUP_recv), sum(PFQ_GROUP_steered));
	return away;
}

static void no_lane_is_left_out(void **state)
{
	u32 n;

	(void)state;
	for (n = 0; n < ROUNDS; n++)
		assert_int_equal(run_round(&(struct round){ n, false, false }), 0);
	print_message("%lu of %lu fragments have waited\n",
		      (unsigned long)sum(PFQ_GROUP_frag_waited),
		      (unsigned long)sum(PFQ_GROUP_recv));
	assert_true(sum(PFQ_GROUP_frag_waited) > 1000);
	assert_int_equal(sum(PFQ_GROUP_frag_timed_out), 0);
	assert_int_equal(sum(PFQ_GROUP_frag_no_room), 0);
}

static void some_give_up_all_are_delivered_once(void **state)
{
	u32 n, away = 0;

	(void)state;
	for (n = 0; n < ROUNDS; n++)
		away += run_round(&(struct round){ n, true, n % 2 });
	print_message("%lu waited, %lu gave up by time, %lu by memory; %u datagrams by addresses\n",
		      (unsigned long)sum(PFQ_GROUP_frag_waited),
		      (unsigned long)sum(PFQ_GROUP_frag_timed_out),
		      (unsigned long)sum(PFQ_GROUP_frag_no_room), away);
	assert_true(sum(PFQ_GROUP_frag_timed_out) > 0);
}

static void a_crowd_is_delivered_once(void **state)
{
	u32 n;

	(void)state;
	for (n = 0; n < ROUNDS; n++)
		run_round(&(struct round){ n, false, true });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_lane_is_left_out, open_all, close_all),
		cmocka_unit_test_setup_teardown(some_give_up_all_are_delivered_once, open_all,
						close_all),
		cmocka_unit_test_setup_teardown(a_crowd_is_delivered_once, open_all, close_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
