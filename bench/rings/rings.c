/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Compares ring designs, numbers of producers, kinds of pages and lengths of a batch in one
 * run. Each round measures every setting once. Prints medians as JSON; rings.sh makes a page
 * of them.
 *
 * 	bench-ring-designs [rounds [records]]
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <jansson.h>
#include "lib/number.h"
#include "rings.h"

#define ROUNDS_MAX	101
#define STAMP_RECORDS	64	/* records with one time, like a block of an ingest */
#define GET_MAX		64

enum figure {
	FIGURE_MRPS,		/* million records a second, from first put to last get */
	FIGURE_PUT_NS,		/* the producers' CPU time for a record, without waiting */
	FIGURE_GET_NS,		/* the consumer's */
	FIGURE_DISORDER,	/* percentage of records older than the one before */
	FIGURE_AGAINST,		/* the rate, divided by that of lanes in the same round */
	FIGURE_MAX
};

static const char *const figure_names[] = { "mrecords_per_s", "put_ns", "get_ns",
					    "disorder_percent", "against_lanes" };
static const char *const pages_names[] = { "ordinary", "transparent", "hugetlb" };

struct setting {
	const char *table;	/* the table that rings.sh puts it into */
	const struct rings_design *design;
	u32 producers, batch;
	enum rings_pages pages;
	u64 bytes;	/* of ring for each producer */
	bool missing;	/* the machine has no memory of this kind */
	double figure[FIGURE_MAX][ROUNDS_MAX];
};

struct run {
	const struct setting *setting;
	void *ring;
	u32 records;	/* of each producer */
	pthread_barrier_t start;
};

struct producer {
	struct run *run;
	u32 number;
	u64 busy_ns;
};

static u64 clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (u64)ts.tv_sec * 1000000000ULL + (u64)ts.tv_nsec;
}

/* CPU time of this thread so far, without the time spent waiting */
struct stopwatch {
	u64 start, waited;
};

/* Yield the CPU, and count the CPU time that this takes as waiting. */
static void wait_turn(struct stopwatch *w)
{
	u64 since = clock_ns(CLOCK_THREAD_CPUTIME_ID);

	sched_yield();
	w->waited += clock_ns(CLOCK_THREAD_CPUTIME_ID) - since;
}

/* CPU time since the start, without waiting. */
static u64 busy_ns(const struct stopwatch *w)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID) - w->start - w->waited;
}

/* Pin this thread to a CPU. Numbers beyond the last CPU begin again at 0. */
static void run_on(u32 cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu % (u32)sysconf(_SC_NPROCESSORS_ONLN), &set);
	/* If this fails, the figures are worse, but not wrong. */
	(void)sched_setaffinity(0, sizeof(set), &set);
}

/* Thread of a producer: write all its records, and note the CPU time. */
static void *produce(void *arg)
{
	struct producer *p = arg;
	const struct setting *s = p->run->setting;
	struct stopwatch watch = { 0, 0 };
	u32 n = 0, stamped = 0, done;
	u64 ts;

	run_on(p->number);
	pthread_barrier_wait(&p->run->start);
	watch.start = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	ts = clock_ns(CLOCK_MONOTONIC);
	while (n < p->run->records) {
		if (n - stamped >= STAMP_RECORDS) {
			ts = clock_ns(CLOCK_MONOTONIC);
			stamped = n;
		}
		done = s->design->put(p->run->ring, p->number, ts, n,
				      min_t(u32, s->batch, p->run->records - n));
		n += done;
		if (!done)
			wait_turn(&watch);
	}
	p->busy_ns = busy_ns(&watch);
	s->design->end(p->run->ring, p->number);
	return NULL;
}

/* End the program if records were lost, or if lanes gave them out of order. */
static void check(const struct setting *s, const struct rings_seen *seen)
{
	/*
	 * A shared ring has the order of reservations, which differs a little from the
	 * clock's.
	 */
	if (!seen->lost && (s->design != &rings_lanes || !seen->disorder))
		return;
	fprintf(stderr,
		"bench-ring-designs: %s, %u producers, batch %u: %llu lost, %llu out of order\n",
		s->design->name, s->producers, s->batch, (unsigned long long)seen->lost,
		(unsigned long long)seen->disorder);
	exit(1);
}

/*
 * Read the records of all producers. *get_ns: CPU time of a record; *disorder:
 * percentage.
 */
static void consume(struct run *run, double *get_ns, double *disorder)
{
	u64 left = (u64)run->records * run->setting->producers;
	struct stopwatch watch = { clock_ns(CLOCK_THREAD_CPUTIME_ID), 0 };
	struct rings_seen seen = { .last_ts = 0 };
	u64 total = left;
	u32 n;

	while (left) {
		n = run->setting->design->get(run->ring, &seen, GET_MAX);
		left -= n;
		if (!n)
			wait_turn(&watch);
	}
	*get_ns = (double)busy_ns(&watch) / (double)total;
	*disorder = (double)seen.disorder * 100 / (double)total;
	check(run->setting, &seen);
}

/* Run @records records through a new ring, and store the figures of this @round. */
static void measure(struct setting *s, u32 round, u64 records)
{
	struct run run = { .setting = s, .records = (u32)(records / s->producers) };
	struct producer producer[RINGS_PRODUCERS_MAX];
	pthread_t thread[RINGS_PRODUCERS_MAX];
	u64 start, busy = 0;
	double total = (double)run.records * s->producers;
	u32 i;

	run.ring = s->design->create(s->producers, s->bytes, s->pages);
	s->missing = !run.ring;
	if (s->missing)
		return;
	pthread_barrier_init(&run.start, NULL, s->producers + 1);
	for (i = 0; i < s->producers; i++) {
		producer[i] = (struct producer){ .run = &run, .number = i };
		if (pthread_create(&thread[i], NULL, produce, &producer[i])) {
			fprintf(stderr, "bench-ring-designs: no thread\n");
			exit(1);
		}
	}
	run_on((u32)sysconf(_SC_NPROCESSORS_ONLN) - 1);
	pthread_barrier_wait(&run.start);
	start = clock_ns(CLOCK_MONOTONIC);
	consume(&run, &s->figure[FIGURE_GET_NS][round], &s->figure[FIGURE_DISORDER][round]);
	s->figure[FIGURE_MRPS][round] = total * 1e3 / (double)(clock_ns(CLOCK_MONOTONIC) - start);
	for (i = 0; i < s->producers; i++) {
		pthread_join(thread[i], NULL);
		busy += producer[i].busy_ns;
	}
	s->figure[FIGURE_PUT_NS][round] = (double)busy / total;
	pthread_barrier_destroy(&run.start);
	s->design->destroy(run.ring);
}

/* --- the settings --------------------------------------------------------------- */

#define SETTINGS_MAX	64
#define RING_BYTES	(4ULL << 20)
#define RING_BYTES_BIG	(32ULL << 20)	/* for tests of pages */

static struct setting settings[SETTINGS_MAX];
static u32 settings_count;

static void add(const char *table, const struct rings_design *design, u32 producers, u32 batch,
		enum rings_pages pages, u64 bytes)
{
	settings[settings_count++] = (struct setting){ .table = table, .design = design,
						       .producers = producers, .batch = batch,
						       .pages = pages, .bytes = bytes };
}

static void add_all(void)
{
	static const struct rings_design *const designs[] = { &rings_lanes, &rings_shared };
	static const u32 batches[] = { 1, 64 };
	u32 n, b, d;

	for (b = 0; b < ARRAY_SIZE(batches); b++)
		for (n = 1; n <= RINGS_PRODUCERS_MAX; n++)
			for (d = 0; d < ARRAY_SIZE(designs); d++)
				add("producers", designs[d], n, batches[b], RINGS_PAGES_ORDINARY,
				    RING_BYTES);
	for (b = 1; b <= 256; b *= 2)
		for (d = 0; d < ARRAY_SIZE(designs); d++)
			add("batch", designs[d], 1, b, RINGS_PAGES_ORDINARY, RING_BYTES);
	for (n = 0; n < RINGS_PAGES_MAX; n++)
		for (d = 0; d < ARRAY_SIZE(designs); d++)
			add("pages", designs[d], 1, 64, (enum rings_pages)n, RING_BYTES_BIG);
}

/*
 * Compute ratios before the figures are sorted. In a round settings ran one after the
 * other, designs in pairs.
 */
static void relate(u32 rounds)
{
	u32 i, round;

	for (i = 0; i + 1 < settings_count; i += 2)
		for (round = 0; round < rounds; round++) {
			settings[i].figure[FIGURE_AGAINST][round] = 1;
			settings[i + 1].figure[FIGURE_AGAINST][round] =
				settings[i + 1].figure[FIGURE_MRPS][round] /
				settings[i].figure[FIGURE_MRPS][round];
		}
}

/* --- output ---------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static json_t *setting_json(struct setting *s, u32 rounds)
{
	json_t *j = json_pack("{s:s, s:s, s:i, s:i, s:s, s:I}", "table", s->table, "design",
			      s->design->name, "producers", (int)s->producers, "batch",
			      (int)s->batch, "pages", pages_names[s->pages], "ring_bytes",
			      (json_int_t)s->bytes);
	u32 f;

	for (f = 0; f < FIGURE_MAX && !s->missing; f++) {
		double *v = s->figure[f];

		qsort(v, rounds, sizeof(*v), by_size);
		json_object_set_new(j, figure_names[f],
				    json_pack("{s:f, s:f, s:f}", "median", v[rounds / 2], "low",
					      v[rounds / 4], "high", v[rounds * 3 / 4]));
	}
	return j;
}

static unsigned long number(const char *text, unsigned long min, unsigned long max)
{
	uint64_t n;

	if (pfq_number_parse(text, min, max, &n)) {
		fprintf(stderr, "bench-ring-designs: \"%s\" is not %lu-%lu\n", text, min, max);
		exit(2);
	}
	return n;
}

int main(int argc, char **argv)
{
	u32 rounds = argc > 1 ? (u32)number(argv[1], 1, ROUNDS_MAX) : 15, round, i;
	u64 records = argc > 2 ? number(argv[2], 1000, 1UL << 30) : 2400000;
	json_t *all = json_array(), *out;

	add_all();
	for (round = 0; round < rounds; round++)
		for (i = 0; i < settings_count; i++)
			measure(&settings[i], round, records);
	relate(rounds);
	for (i = 0; i < settings_count; i++)
		json_array_append_new(all, setting_json(&settings[i], rounds));
	out = json_pack("{s:i, s:I, s:i, s:o}", "rounds", (int)rounds, "records",
			(json_int_t)records, "cpus", (int)sysconf(_SC_NPROCESSORS_ONLN),
			"settings", all);
	json_dumpf(out, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(5));
	putchar('\n');
	json_decref(out);
	return 0;
}
