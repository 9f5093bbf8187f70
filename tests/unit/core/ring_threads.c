/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A producer and a consumer run at once. Each record arrives once, in order and whole. The
 * doorbell never leaves a sleeping consumer without a ring. Watermarks do not overtake
 * records.
 */
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>
#include "tests/unit/fixture/check.h"
#include "core/ring.h"

#define LANE_SIZE	(1ULL << 16)
#define PACKETS		300000U

struct ring {
	u8 *area, *reader_area;
	struct pfq_reader_hdr *reader;
	struct pfq_producer p;
	int bell[2];
	u32 rings;
	bool done;	/* set after the last publication */
	u32 burst_max;
	u32 threshold;
	u64 delay_ns;
};

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000000ULL + (u64)ts.tv_nsec;
}

static void open_ring(struct ring *r)
{
	r->area = aligned_alloc(4096, pfq_ring_area_bytes(1, LANE_SIZE));
	r->reader_area = aligned_alloc(64, pfq_ring_reader_bytes(1));
	assert_non_null(r->area);
	assert_non_null(r->reader_area);
	memset(r->area, 0, pfq_ring_area_bytes(1, LANE_SIZE));
	memset(r->reader_area, 0, pfq_ring_reader_bytes(1));
	pfq_ring_format(r->area, 1, LANE_SIZE, 2000, 1);
	r->reader = (struct pfq_reader_hdr *)r->reader_area;
	pfq_producer_init(&r->p, r->area, 1, LANE_SIZE, r->reader_area, 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, r->bell), 0);
}

static void close_ring(struct ring *r)
{
	free(r->area);
	free(r->reader_area);
	close(r->bell[0]);
	close(r->bell[1]);
}

/* Look at the doorbell as a shell does: ring it, or wait and look again. */
static u64 look(struct ring *r)
{
	u64 next;

	if (pfq_ring_doorbell_due(&r->p, r->reader, now_ns(), 0, &next)) {
		r->rings++;
		/* The socket may be full: then the consumer has unread bytes anyway. */
		(void)!send(r->bell[0], "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
		return ~0ULL;
	}
	return next;
}

static void wait_until(struct ring *r, u64 next)
{
	while (next != ~0ULL) {
		while (now_ns() < next)
			usleep(20);
		next = look(r);
	}
}

/* The packet with number n: n gives its length, its bytes and its time. */
static u32 length_of(u32 n)
{
	return n * 2654435761U % 1400;
}

static bool produce_one(struct ring *r, u32 n)
{
	struct pfq_rec *rec = pfq_ring_reserve(&r->p, length_of(n));

	if (!rec)
		return false;
	*rec = (struct pfq_rec){ .ts_ns = n, .len = n, .caplen = length_of(n) };
	memset(rec + 1, (u8)n, rec->caplen);
	return true;
}

static void *produce(void *arg)
{
	struct ring *r = arg;
	u64 random = 17, next = ~0ULL;
	u32 n = 0, burst;

	while (n < PACKETS) {
		for (burst = (u32)check_random(&random) % r->burst_max + 1; burst && n < PACKETS;
		     burst--, n++)
			if (!produce_one(r, n))
				break;
		pfq_ring_publish(&r->p);
		pfq_ring_watermark(&r->p, n);
		next = look(r);
		if (burst && n < PACKETS)
			sched_yield();	/* full */
		if (check_random(&random) % 64 == 0)
			usleep(50);	/* let the consumer fall asleep */
	}
	wait_until(r, next);
	__atomic_store_n(&r->done, true, __ATOMIC_RELEASE);
	return NULL;
}

struct consumer {
	const u8 *data;
	const struct pfq_lane_hdr *hdr;
	struct pfq_reader_lane *lane;
	u64 cons;
	u32 expected, sleeps, torn, early, stuck;
};

static void consume_one(struct consumer *c)
{
	const struct pfq_rec *rec = (const void *)(c->data + (c->cons & (LANE_SIZE - 1)));
	const u8 *bytes = (const u8 *)(rec + 1);
	u32 i;

	if (!(rec->flags & PFQ_REC_F_PAD)) {
		if (rec->len != c->expected || rec->caplen != length_of(rec->len))
			c->torn++;
		for (i = 0; i < rec->caplen; i++)
			if (bytes[i] != (u8)rec->len)
				c->torn++;
		c->expected++;
	}
	c->cons += PFQ_REC_BYTES(rec->caplen);
}

/* Arm the doorbell, fence, look again; then sleep as long as an engine leaves a consumer asleep. */
static void sleep_until_rung(struct ring *r, struct consumer *c)
{
	struct pollfd fd = { .fd = r->bell[1], .events = POLLIN };
	char byte[16];

	WRITE_ONCE(r->reader->threshold, r->threshold);
	WRITE_ONCE(r->reader->delay_ns, r->delay_ns);
	smp_store_release(&r->reader->armed, 1);
	smp_mb();
	if (smp_load_acquire(&c->hdr->prod) != c->cons || READ_ONCE(r->done)) {
		WRITE_ONCE(r->reader->armed, 0);
		return;
	}
	c->sleeps++;
	/*
	 * No ring came for 20 s: an error if records are unread, the end if the producer is
	 * done.
	 */
	while (!poll(&fd, 1, 20000)) {
		if (smp_load_acquire(&c->hdr->prod) != c->cons) {
			c->stuck++;
			return;
		}
		if (READ_ONCE(r->done))
			return;
	}
	while (recv(r->bell[1], byte, sizeof(byte), MSG_DONTWAIT) > 0)
		;
}

static void *consume(void *arg)
{
	static struct consumer c;
	struct ring *r = arg;
	const struct pfq_ring_hdr *hdr = (const void *)r->area;
	u64 prod, watermark;

	c = (struct consumer){
		.data = r->area + hdr->data_offset,
		.hdr = (const void *)(r->area + hdr->lane_hdr_offset),
		.lane = (void *)(r->reader_area + PFQ_READER_LANE_OFFSET(0)),
	};
	while (c.expected < PACKETS && !c.stuck) {
		/* Read the watermark first: then all records before it are visible. */
		watermark = smp_load_acquire(&c.hdr->watermark);
		prod = smp_load_acquire(&c.hdr->prod);
		while (c.cons != prod)
			consume_one(&c);
		if (c.expected < watermark)
			c.early++;
		smp_store_release(&c.lane->cons, c.cons);
		if (c.expected < PACKETS)
			sleep_until_rung(r, &c);
	}
	return &c;
}

static void run(u32 burst_max, u32 threshold, u64 delay_ns)
{
	struct ring r = { .burst_max = burst_max, .threshold = threshold, .delay_ns = delay_ns };
	pthread_t producer, consumer;
	const struct consumer *c;
	void *result;

	open_ring(&r);
	assert_int_equal(pthread_create(&consumer, NULL, consume, &r), 0);
	assert_int_equal(pthread_create(&producer, NULL, produce, &r), 0);
	pthread_join(producer, NULL);
	pthread_join(consumer, &result);
	c = result;
	print_message("%u packets, %u sleeps, %u rings\n", c->expected, c->sleeps, r.rings);
	assert_int_equal(c->stuck, 0);
	assert_int_equal(c->torn, 0);
	assert_int_equal(c->early, 0);
	assert_int_equal(c->expected, PACKETS);
	assert_int_equal(r.p.violations, 0);
	assert_true(r.rings <= c->sleeps + 1 + PACKETS);
	assert_true(c->sleeps > 0);
	close_ring(&r);
}

static void one_by_one(void **state)
{
	(void)state;
	run(1, 1, ~0ULL);
}

static void in_bursts(void **state)
{
	(void)state;
	run(64, 1, ~0ULL);
}

static void by_threshold_and_delay(void **state)
{
	(void)state;
	run(8, 20000, 200000);
}

/*
 * The critical race, many times: one thread publishes and loads armed, the other arms and
 * loads prod, at the same time. At least one must see the other.
 */
#define MEETINGS	200000U
/*
 * Where other programs take the CPUs, each meeting waits for both threads to run. After this time,
 * fewer meetings have to do.
 */
#define MEETINGS_MIN	2000U
#define MEETINGS_NS	10000000000ULL

struct meeting {
	struct ring r;
	u32 at[2];	/* the meeting that each thread has reached */
	u32 count;	/* how many there were; 0: they go on */
	u64 begun_ns;
	u8 rung[MEETINGS], seen[MEETINGS];
};

static void meet(struct meeting *m, u32 me, u32 n)
{
	u32 spins;

	__atomic_store_n(&m->at[me], n, __ATOMIC_RELEASE);
	for (spins = 0; __atomic_load_n(&m->at[!me], __ATOMIC_ACQUIRE) < n; spins++)
		if (spins > 1000)
			sched_yield();
}

/* Decide whether meeting @n is the last one. One thread calls it before their second rendezvous. */
static void note_last(struct meeting *m, u32 n)
{
	bool is_late = n >= MEETINGS_MIN && now_ns() - m->begun_ns > MEETINGS_NS;

	if (n + 1 == MEETINGS || is_late)
		__atomic_store_n(&m->count, n + 1, __ATOMIC_RELEASE);
}

static bool goes_on(const struct meeting *m)
{
	return !__atomic_load_n(&m->count, __ATOMIC_ACQUIRE);
}

static void *meet_publishing(void *arg)
{
	struct meeting *m = arg;
	u64 next, random = 3;
	u32 n;

	for (n = 0; goes_on(m); n++) {
		produce_one(&m->r, 0);
		meet(m, 0, 2 * n + 1);
		check_jitter(&random);
		pfq_ring_publish(&m->r.p);
		m->rung[n] = pfq_ring_doorbell_due(&m->r.p, m->r.reader, 1, 0, &next);
		note_last(m, n);
		meet(m, 0, 2 * n + 2);
	}
	return NULL;
}

static void *meet_arming(void *arg)
{
	struct meeting *m = arg;
	const struct pfq_lane_hdr *hdr = m->r.p.hdr;
	struct pfq_reader_lane *lane = (void *)(m->r.reader_area + PFQ_READER_LANE_OFFSET(0));
	u64 cons = 0, prod, random = 4;
	u32 n;

	WRITE_ONCE(m->r.reader->delay_ns, ~0ULL);
	WRITE_ONCE(m->r.reader->threshold, 1);
	for (n = 0; goes_on(m); n++) {
		meet(m, 1, 2 * n + 1);
		check_jitter(&random);
		smp_store_release(&m->r.reader->armed, 1);
		smp_mb();
		m->seen[n] = smp_load_acquire(&hdr->prod) != cons;
		meet(m, 1, 2 * n + 2);
		prod = smp_load_acquire(&hdr->prod);
		cons = prod;
		smp_store_release(&lane->cons, cons);
		WRITE_ONCE(m->r.reader->armed, 0);
	}
	return NULL;
}

static void nobody_is_missed(void **state)
{
	struct meeting *m = calloc(1, sizeof(*m));
	pthread_t thread[2];
	u32 n, rung = 0, seen = 0;

	(void)state;
	assert_non_null(m);
	open_ring(&m->r);
	m->begun_ns = now_ns();
	assert_int_equal(pthread_create(&thread[0], NULL, meet_publishing, m), 0);
	assert_int_equal(pthread_create(&thread[1], NULL, meet_arming, m), 0);
	pthread_join(thread[0], NULL);
	pthread_join(thread[1], NULL);
	for (n = 0; n < m->count; n++) {
		assert_true(m->rung[n] || m->seen[n]);
		rung += m->rung[n];
		seen += m->seen[n];
	}
	print_message("%u meetings: %u rung, %u seen\n", m->count, rung, seen);
	close_ring(&m->r);
	free(m);
}

/* Two lanes of a ring see the sleeping consumer at once: exactly one rings. */
struct pair {
	struct meeting m;
	struct pfq_producer p[2];
};

struct pair_lane {
	struct pair *pair;
	u32 lane;
};

static void *look_together(void *arg)
{
	struct pair_lane *l = arg;
	struct meeting *m = &l->pair->m;
	u8 *result = l->lane ? m->seen : m->rung;
	u64 next, random = l->lane + 1;
	u32 n;

	for (n = 0; goes_on(m); n++) {
		if (!l->lane)
			WRITE_ONCE(m->r.reader->armed, 1);
		meet(m, l->lane, 2 * n + 1);
		check_jitter(&random);
		result[n] = pfq_ring_doorbell_due(&l->pair->p[l->lane], m->r.reader, 1, 0, &next);
		if (!l->lane)
			note_last(m, n);
		meet(m, l->lane, 2 * n + 2);
	}
	return NULL;
}

static void two_lanes_ring_once(void **state)
{
	struct pair *pair = calloc(1, sizeof(*pair));
	struct pair_lane l[2] = { { pair, 0 }, { pair, 1 } };
	u32 n, i, rung[2] = { 0 };
	pthread_t thread[2];

	(void)state;
	assert_non_null(pair);
	open_ring(&pair->m.r);
	pair->m.begun_ns = now_ns();
	WRITE_ONCE(pair->m.r.reader->delay_ns, ~0ULL);
	for (i = 0; i < 2; i++) {
		/* Both use the same lane: only armed is shared between lanes. */
		pair->p[i] = pair->m.r.p;
		assert_non_null(pfq_ring_reserve(&pair->p[i], 100));
		pfq_ring_publish(&pair->p[i]);
	}
	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, look_together, &l[i]), 0);
	for (i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	for (n = 0; n < pair->m.count; n++) {
		assert_int_equal(pair->m.rung[n] + pair->m.seen[n], 1);
		rung[0] += pair->m.rung[n];
		rung[1] += pair->m.seen[n];
	}
	print_message("%u meetings: %u and %u rung\n", pair->m.count, rung[0], rung[1]);
	close_ring(&pair->m.r);
	free(pair);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_by_one),
		cmocka_unit_test(in_bursts),
		cmocka_unit_test(by_threshold_and_delay),
		cmocka_unit_test(nobody_is_missed),
		cmocka_unit_test(two_lanes_ring_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
