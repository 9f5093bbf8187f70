/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests ingest "xdp" with real devices: exact counts, watermarks and the clock. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "pfqd/base/log.h"
#include "tests/unit/fixture/ingest_source.h"

#define TRIES 10

/* --- counting -------------------------------------------------------------- */

struct times {
	struct tally tally;
	uint64_t last_ns[LANES_MAX];
	uint16_t queue_max;
};

static void times_view(const struct pfq_view *v, uint32_t lane, void *arg)
{
	struct times *t = arg;

	tally_view(v, lane, &t->tally);
	assert_true(v->ts_ns >= t->last_ns[lane]);
	t->last_ns[lane] = v->ts_ns;
	if (v->queue > t->queue_max)
		t->queue_max = v->queue;
}

static bool counts_exact_once(uint32_t lanes, uint32_t sent, unsigned int *queues)
{
	uint64_t before_ns = net_clock_ns(CLOCK_REALTIME);
	struct times t = {.queue_max = 0};
	struct net_flood flood;
	struct source *s;
	bool whole;

	tally_init(&t.tally, sent);
	s = source_open_by("xdp", "va", lanes, NULL);
	net_flood_start(&flood, "vb", 32, 200, sent);
	while (net_flood_sent(&flood) < sent) {
		source_wait(s, 10);
		source_read(s, times_view, &t);
	}
	net_flood_stop(&flood);
	source_drain(s, times_view, &t);
	whole = !source_count(s, PFQ_INGEST_drop_socket);
	tally_check(&t.tally, 0, whole ? sent : 0);
	assert_int_equal(t.tally.total + source_count(s, PFQ_INGEST_drop_socket), sent);
	for (uint32_t i = 0; i < lanes; i++) {
		if (!s->in[i])
			continue;
		assert_true(t.last_ns[i] > before_ns);
		assert_true(t.last_ns[i] <= s->driver->watermark(s->in[i]));
	}
	assert_int_equal(source_count(s, PFQ_INGEST_rx_packets), t.tally.total);
	assert_int_equal(source_count(s, PFQ_INGEST_rx_bytes), t.tally.total * NET_PACKET_BYTES);
	source_close(s);
	free(t.tally.count);
	*queues = t.queue_max + 1U;
	return whole;
}

static void counts_exact(uint32_t lanes, unsigned int queues, uint32_t sent)
{
	unsigned int seen;
	int tries = 0;

	net_veth(queues);
	while (!counts_exact_once(lanes, sent, &seen))
		assert_true(++tries < TRIES);
	assert_int_equal(seen, queues);
	net_veth_del();
}

static void test_counts_one_queue(void **state)
{
	(void)state;
	/* All buffers are used more than once. */
	counts_exact(1, 1, 50000);
	/* With one queue the second lane has no packets. */
	counts_exact(2, 1, 5000);
}

static void test_counts_four_queues(void **state)
{
	(void)state;
	counts_exact(1, 4, 20000);
	counts_exact(2, 4, 20000);
	counts_exact(3, 4, 20000);
}

/* Packets without room are counted: packets at the device = read + dropped. */
static void test_overload_is_counted(void **state)
{
	enum { SENT = 60000 };
	struct net_flood flood;
	struct source *s;
	struct tally t;

	(void)state;
	net_veth(1);
	tally_init(&t, SENT);
	s = source_open_by("xdp", "va", 1, NULL);
	/* at a rate that the device keeps up with */
	net_flood_start(&flood, "vb", 100, 100, SENT);
	net_flood_stop(&flood);
	source_drain(s, tally_view, &t);
	tally_check(&t, 0, 0);
	assert_true(source_count(s, PFQ_INGEST_drop_socket) > 0);
	assert_int_equal(t.total + source_count(s, PFQ_INGEST_drop_socket), SENT);
	assert_int_equal(t.total, source_count(s, PFQ_INGEST_rx_packets));
	/* Afterwards the source still works. */
	free(t.count);
	tally_init(&t, 1000);
	send_some(0, 1000);
	source_drain(s, tally_view, &t);
	tally_check(&t, 0, 1000);
	source_close(s);
	net_veth_del();
	free(t.count);
}

/* --- watermarks ------------------------------------------------------------ */

static void test_watermark(void **state)
{
	uint64_t before_ns, ns;
	struct source *s;

	(void)state;
	net_veth(1);
	s = source_open_by("xdp", "va", 1, NULL);
	before_ns = net_clock_ns(CLOCK_REALTIME);
	for (int i = 0; i < 1000; i++) {
		ns = s->driver->watermark(s->in[0]);
		assert_true(ns >= before_ns && ns <= net_clock_ns(CLOCK_REALTIME));
		before_ns = ns;
	}
	source_close(s);
	net_veth_del();
}

/* how far the clock has been set back, in seconds: see --wrap in ingest.am */
static time_t clock_back_s;

int __real_clock_gettime(clockid_t clock, struct timespec *ts);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ts);

int __wrap_clock_gettime(clockid_t clock, struct timespec *ts)
{
	int ret = __real_clock_gettime(clock, ts);

	if (clock == CLOCK_REALTIME)
		ts->tv_sec -= clock_back_s;
	return ret;
}

static void last_view(const struct pfq_view *v, uint32_t lane, void *arg)
{
	(void)lane;
	*(uint64_t *)arg = v->ts_ns;
}

/* Timestamps follow the clock, also if it is set back. */
static void test_clock_set_back(void **state)
{
	uint64_t first_ns = 0, later_ns = 0, before_ns;
	struct source *s;

	(void)state;
	net_veth(1);
	s = source_open_by("xdp", "va", 1, NULL);
	send_some(0, 1);
	source_drain(s, last_view, &first_ns);
	assert_true(first_ns <= s->driver->watermark(s->in[0]));
	clock_back_s = 3600;
	before_ns = s->driver->watermark(s->in[0]);
	assert_true(before_ns < first_ns);
	send_some(1, 1);
	source_drain(s, last_view, &later_ns);
	assert_true(later_ns >= before_ns && later_ns < first_ns);
	assert_true(s->driver->watermark(s->in[0]) >= later_ns);
	clock_back_s = 0;
	source_close(s);
	net_veth_del();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts_one_queue),
		cmocka_unit_test(test_counts_four_queues),
		cmocka_unit_test(test_overload_is_counted),
		cmocka_unit_test(test_watermark),
		cmocka_unit_test(test_clock_set_back),
	};
	int ret = net_enter();

	log_level_set(LOG_LEVEL_ERROR);
	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
