/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests that all fragments of a datagram get one hash, in any order, over several lanes. */
#include <pthread.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/packets.h"
#include "core/frag.h"
#include "core/hash.h"
#include "core/parse.h"

#define SEED		0xfeed
#define LANES		4
#define DATAGRAMS	600
#define PIECES		6
#define ROUNDS		40

static struct pfq_frag_table *table;

static int fresh_table(void **state)
{
	(void)state;
	table = calloc(1, sizeof(*table));
	return table ? 0 : -1;
}

static int free_table(void **state)
{
	(void)state;
	free(table);
	return 0;
}

/* The hash of a fragment, which a device may have stamped; @device_ns 0: it has not. */
static u32 hash_of_stamped(const char *kind, const struct ends *e, u64 host_ns, u64 device_ns)
{
	struct packet p = { .len = 0 };
	struct pfq_view v;
	u32 own;

	packet_kind(kind)->build(&p, e);
	v = packet_view(packet_kind(kind), &p, p.data, p.len);
	v.ts_ns = device_ns ? device_ns : host_ns;
	v.host_ns = host_ns;
	v.flags |= device_ns ? PFQ_REC_F_HWTS : 0;
	pfq_parse(&v);
	own = v.flow.flags & PFQ_FLOW_PORTS ? pfq_hash_flow(&v, SEED) :
					      pfq_frag_hash_alone(&v, SEED);
	return pfq_frag_hash(table, &v, own, SEED);
}

static u32 hash_of(const char *kind, const struct ends *e, u64 host_ns)
{
	return hash_of_stamped(kind, e, host_ns, 0);
}

#define NOW	1700000000000000000ULL

static void the_first_seen_decides(void **state)
{
	static const char *const kinds[2][3] = { { "ip4-first", "ip4-middle", "ip4-last" },
						 { "ip6-first", "ip6-middle", "ip6-last" } };
	static const int orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
					  { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	struct ends e = { 1, 2, 1000, 2000, 0 };
	unsigned int k, o, i;

	(void)state;
	for (k = 0; k < 2; k++) {
		for (o = 0; o < 6; o++) {
			u32 h;

			e.id++;
			h = hash_of(kinds[k][orders[o][0]], &e, NOW);
			for (i = 0; i < 3; i++)
				assert_int_equal(hash_of(kinds[k][orders[o][i]], &e, NOW), h);
		}
	}
}

/*
 * A device with its own clock has stamped some fragments of a datagram. All still get one
 * hash.
 */
static void devices_clocks_do_not_count(void **state)
{
	struct ends e = { 1, 2, 1000, 2000, 9 };
	const u64 device_ns = 1000000;
	u32 h = hash_of("ip4-first", &e, NOW);

	(void)state;
	assert_int_equal(hash_of_stamped("ip4-middle", &e, NOW, device_ns), h);
	assert_int_equal(hash_of("ip4-last", &e, NOW), h);
	e.id = 10;
	h = hash_of_stamped("ip4-first", &e, NOW, device_ns);
	assert_int_equal(hash_of("ip4-middle", &e, NOW), h);
	assert_int_equal(hash_of_stamped("ip4-last", &e, NOW, 3 * NOW), h);
}

static void datagrams_are_told_apart(void **state)
{
	struct ends e = { 1, 2, 1000, 2000, 9 }, other;
	u32 h = hash_of("ip4-first", &e, NOW);

	(void)state;
	/* by identification */
	other = e;
	other.id = 10;
	assert_int_not_equal(hash_of("ip4-last", &other, NOW), h);
	/* By direction: each host has its own identifications. */
	other = ends_reversed(&e);
	assert_int_not_equal(hash_of("ip4-last", &other, NOW), h);
	/* by protocol */
	assert_int_not_equal(hash_of("ip4-first-icmp", &e, NOW), h);
	/* The first datagram is still known. */
	assert_int_equal(hash_of("ip4-last", &e, NOW), h);
}

/* A later fragment header may name another next header than the transport of the first one. */
static void ip6_next_header_is_not_part_of_it(void **state)
{
	struct ends e = { 1, 2, 1000, 2000, 9 };
	u32 h = hash_of("ip6-hop-first", &e, NOW);

	(void)state;
	assert_int_equal(hash_of("ip6-hop-last", &e, NOW), h);
}

static void a_reused_identification_is_a_new_datagram(void **state)
{
	struct ends e = { 1, 2, 1000, 2000, 9 };
	u32 h = hash_of("ip4-first", &e, NOW);
	struct ends next = e;

	(void)state;
	next.sport = 3333;
	/* Up to two seconds it is the same datagram, also in a lane whose clock is behind. */
	assert_int_equal(hash_of("ip4-last", &e, NOW + 2000000000ULL), h);
	assert_int_equal(hash_of("ip4-last", &e, NOW - 500000000ULL), h);
	assert_int_not_equal(hash_of("ip4-last", &next, NOW + 2700000000ULL), h);
	/* A capture is replayed again from its beginning. */
	e.id = 10;
	h = hash_of("ip4-first", &e, NOW);
	next.id = 10;
	assert_int_not_equal(hash_of("ip4-first", &next, NOW - 60000000000ULL), h);
}

static u32 flow_hash_of(const char *kind, const struct ends *e)
{
	struct packet p = { .len = 0 };
	struct pfq_view v;

	packet_kind(kind)->build(&p, e);
	v = packet_view(packet_kind(kind), &p, p.data, p.len);
	pfq_parse(&v);
	return pfq_hash_flow(&v, SEED);
}

/* Fragments in any order and direction go where the whole packets of the two hosts go. */
static void protocols_without_ports_go_with_whole_packets(void **state)
{
	static const char *const kinds[3][3] = { { "ip4-gre", "ip4-first-gre", "ip4-last-gre" },
						 { "ip4-icmp", "ip4-first-icmp", "ip4-last-icmp" },
						 { "ip6-esp", "ip6-first-esp", "ip6-last-esp" } };
	struct ends e = { 1, 2, 1000, 2000, 0 };
	u32 k, turn;

	(void)state;
	for (k = 0; k < 3; k++) {
		for (turn = 0; turn < 4; turn++) {
			u32 h = flow_hash_of(kinds[k][0], &e);

			e.id++;
			assert_int_equal(hash_of(kinds[k][1 + turn % 2], &e, NOW), h);
			assert_int_equal(hash_of(kinds[k][2 - turn % 2], &e, NOW), h);
			e = ends_reversed(&e);
		}
	}
}

/* Another first fragment begins another datagram, even long before the entry expires. */
static void a_first_fragment_begins_a_datagram(void **state)
{
	struct ends e = { 1, 2, 1000, 2000, 9 }, next = e;
	u32 h = hash_of("ip4-first", &e, NOW), other;

	(void)state;
	next.sport = 3333;
	other = hash_of("ip4-first", &next, NOW + 1000000);
	assert_int_not_equal(other, h);
	assert_int_equal(hash_of("ip4-last", &next, NOW + 1000000), other);
	/* A fragment that is sent or captured again gets the same hash. */
	assert_int_equal(hash_of("ip4-first", &next, NOW + 1000000), other);
	/*
	 * The first fragment came late: the hash by addresses is decided, and it gets the
	 * same.
	 */
	e.id = next.id = 10;
	h = hash_of("ip4-middle", &e, NOW);
	assert_int_equal(hash_of("ip4-first", &e, NOW), h);
	assert_int_equal(hash_of("ip4-first", &next, NOW), h);
}

/*
 * More datagrams than the table holds: the oldest are forgotten, but none leaves its flow
 * at once.
 */
static void a_full_table_forgets_the_oldest(void **state)
{
	u32 n, h, flow = flow_hash_of("ip4-udp", &(struct ends){ 1, 2, 1000, 2000, 0 });
	struct ends e = { 1, 2, 1000, 2000, 0 };
	u32 later, kept = 0;

	(void)state;
	memset(table, 0, sizeof(*table));
	for (n = 0; n < 2 * PFQ_FRAG_BUCKETS * PFQ_WORDS; n++) {
		e.id = n & 0xffff;
		e.src = 1 + (n >> 16);
		h = hash_of("ip4-first", &e, NOW + n);
		assert_int_equal(hash_of("ip4-last", &e, NOW + n), h);
		if (e.src == 1)
			assert_int_equal(h, flow);
	}
	/* Most of the latest datagrams are still known. */
	for (n = 0; n < 1000; n++) {
		e.id = 0xffff - n;
		later = hash_of("ip4-middle", &e, NOW + 2 * PFQ_FRAG_BUCKETS * PFQ_WORDS);
		kept += later == flow_hash_of("ip4-udp", &e);
	}
	assert_in_range(kept, 900, 1000);
}

/* Datagrams without a first fragment do not replace others. */
static void a_flood_of_later_fragments_forgets_nobody(void **state)
{
	struct ends e = { 1, 2, 1000, 2000, 0 }, flood = { 77, 2, 0, 0, 0 };
	u32 n, flow = flow_hash_of("ip4-udp", &e);

	(void)state;
	memset(table, 0, sizeof(*table));
	for (n = 0; n < 1000; n++) {
		e.id = n;
		assert_int_equal(hash_of("ip4-first", &e, NOW), flow);
	}
	for (n = 0; n < 1000000; n++) {
		flood.id = n & 0xffff;
		flood.src = 77 + (n >> 16);
		hash_of("ip4-middle", &flood, NOW + n);
	}
	for (n = 0; n < 1000; n++) {
		e.id = n;
		assert_int_equal(hash_of("ip4-last", &e, NOW + 1000000), flow);
		/* New datagrams can begin. */
		e.id = 2000 + n;
		assert_int_equal(hash_of("ip4-first", &e, NOW + 1000000), flow);
		assert_int_equal(hash_of("ip4-last", &e, NOW + 1000000), flow);
	}
}

/* --- several lanes ------------------------------------------------------------ */

struct lane {
	pthread_t thread;
	u32 number, round;
	u32 hash[DATAGRAMS][PIECES];	/* 0: another lane had that fragment */
};

static struct lane lanes[LANES];
static pthread_barrier_t barrier;

static u32 owner(u32 round, u32 datagram, u32 piece)
{
	return pfq_hash_u32(round * 1000003 + datagram * PIECES + piece, 1) % LANES;
}

/* Each lane has its own order of fragments. All lanes are at about the same datagram. */
static void *run_lane(void *arg)
{
	struct lane *l = arg;
	u32 d, i;

	memset(l->hash, 0, sizeof(l->hash));
	pthread_barrier_wait(&barrier);
	for (d = 0; d < DATAGRAMS; d++) {
		struct ends e = { 10 + d % 300, 5, (u16)(1000 + d), 53, d ^ (l->round << 10) };

		for (i = 0; i < PIECES; i++) {
			u32 piece = (i * 5 + l->number + d) % PIECES;
			const char *kind = piece == 0	      ? "ip4-first" :
					   piece == PIECES - 1 ? "ip4-last" : "ip4-middle";

			if (owner(l->round, d, piece) == l->number)
				l->hash[d][piece] = hash_of(
					kind, &e, NOW + l->round * 100000000ULL + d * 1000 + i);
		}
	}
	return NULL;
}

static void lanes_agree(void **state)
{
	u32 round, d, piece, l, by_ports = 0;

	(void)state;
	pthread_barrier_init(&barrier, NULL, LANES);
	for (round = 0; round < ROUNDS; round++) {
		for (l = 0; l < LANES; l++) {
			lanes[l].number = l;
			lanes[l].round = round;
			assert_int_equal(
				pthread_create(&lanes[l].thread, NULL, run_lane, &lanes[l]), 0);
		}
		for (l = 0; l < LANES; l++)
			pthread_join(lanes[l].thread, NULL);
		for (d = 0; d < DATAGRAMS; d++) {
			u32 h = lanes[owner(round, d, 0)].hash[d][0];

			for (piece = 1; piece < PIECES; piece++)
				assert_int_equal(lanes[owner(round, d, piece)].hash[d][piece], h);
			by_ports += h != 0;
		}
	}
	assert_int_equal(by_ports, ROUNDS * DATAGRAMS);
	pthread_barrier_destroy(&barrier);
}

/*
 * All lanes race for one datagram, and only one lane has the fragment with the ports. The
 * table fills, and from the third second on entries are used again.
 */
#define RACES	60000

static u32 raced[LANES][RACES];
static u32 at[LANES];	/* the race that each lane has reached */

/*
 * Begin a race in all lanes at once. Lanes that have their own CPU really run at the same
 * time.
 */
static void keep_step(u32 l, u32 n)
{
	u32 other, spins;

	WRITE_ONCE(at[l], n);
	for (other = 0; other < LANES; other++)
		for (spins = 0; READ_ONCE(at[other]) < n; spins++)
			if (spins > 200)
				sched_yield();
}

static void *race_lane(void *arg)
{
	u32 l = (u32)(uintptr_t)arg, n;
	u64 random = l + 1;

	for (n = 0; n < RACES; n++) {
		struct ends e = { 1, 2, 1000, 53, n };

		keep_step(l, n);
		check_jitter(&random);
		raced[l][n] = hash_of(pfq_hash_u32(n, 2) % LANES == l ? "ip4-first" : "ip4-last",
				      &e, NOW + n * 500000ULL);
	}
	return NULL;
}

static void racing_lanes_agree(void **state)
{
	pthread_t thread[LANES];
	u32 l, n, by_ports = 0, by_addrs = 0;
	struct packet p = { .len = 0 };
	struct pfq_view v;

	(void)state;
	for (l = 0; l < LANES; l++)
		assert_int_equal(pthread_create(&thread[l], NULL, race_lane, (void *)(uintptr_t)l),
				 0);
	for (l = 0; l < LANES; l++)
		pthread_join(thread[l], NULL);
	for (n = 0; n < RACES; n++)
		for (l = 1; l < LANES; l++)
			assert_int_equal(raced[l][n], raced[0][n]);
	/* Both results must occur. Otherwise the lanes did not race. */
	packet_kind("ip4-udp")->build(&p, &(struct ends){ 1, 2, 1000, 53, 0 });
	v = packet_view(packet_kind("ip4-udp"), &p, p.data, p.len);
	pfq_parse(&v);
	for (n = 0; n < RACES; n++) {
		by_ports += raced[0][n] == pfq_hash_flow(&v, SEED);
		by_addrs += raced[0][n] == pfq_hash_addrs(&v, SEED);
	}
	print_message("decided by ports: %u, by addresses: %u\n", by_ports, by_addrs);
	assert_int_equal(by_ports + by_addrs, RACES);
	assert_true(by_ports && by_addrs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_first_seen_decides, fresh_table, free_table),
		cmocka_unit_test_setup_teardown(devices_clocks_do_not_count, fresh_table,
						free_table),
		cmocka_unit_test_setup_teardown(datagrams_are_told_apart, fresh_table, free_table),
		cmocka_unit_test_setup_teardown(ip6_next_header_is_not_part_of_it, fresh_table,
						free_table),
		cmocka_unit_test_setup_teardown(protocols_without_ports_go_with_whole_packets,
						fresh_table, free_table),
		cmocka_unit_test_setup_teardown(a_first_fragment_begins_a_datagram, fresh_table,
						free_table),
		cmocka_unit_test_setup_teardown(a_reused_identification_is_a_new_datagram,
						fresh_table, free_table),
		cmocka_unit_test_setup_teardown(a_full_table_forgets_the_oldest, fresh_table,
						free_table),
		cmocka_unit_test_setup_teardown(a_flood_of_later_fragments_forgets_nobody,
						fresh_table, free_table),
		cmocka_unit_test_setup_teardown(lanes_agree, fresh_table, free_table),
		cmocka_unit_test_setup_teardown(racing_lanes_agree, fresh_table, free_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
