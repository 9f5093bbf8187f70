/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests that a group changes its sources under traffic without losing or doubling a packet, also if
 * the control thread is late or the clock is set, and that counters only grow.
 */
/* Alone: it sends packets at a steady rate. */
#include "config.h"

#include <time.h>
#include <unistd.h>

#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/pfqd_world.h"

#define MS	1000000ULL

/* --- a control thread that is late ------------------------------------------------- */

static unsigned int late_us;	/* how long the thread sleeps before it publishes a new bound */
static unsigned int lates;	/* how often it still does so */
static uint64_t bound_ns;	/* the last bound that it published */

int __real_workers_publish(struct workers *w, struct plan *plan);
int __wrap_workers_publish(struct workers *w, struct plan *plan);

int __wrap_workers_publish(struct workers *w, struct plan *plan)
{
	/* a test is late with a registry only, and the fixture publishes plans before it has one */
	const struct pfqd_group *g = lates ? TAILQ_FIRST(&world.registry->groups) : NULL;

	if (g && g->handover.state == HANDOVER_RUNNING &&
	    g->handover.turn->at_ns != bound_ns) {
		bound_ns = g->handover.turn->at_ns;
		lates--;
		usleep(late_us);
	}
	return __real_workers_publish(w, plan);
}

/* --- a clock that is set ------------------------------------------------------------- */

static int set_in = -1;		/* the state of the handover in which the clock is set once */

uint64_t __real_clock_watch_look(struct clock_watch *watch);
uint64_t __wrap_clock_watch_look(struct clock_watch *watch);

uint64_t __wrap_clock_watch_look(struct clock_watch *watch)
{
	const struct pfqd_group *g = TAILQ_FIRST(&world.registry->groups);

	if (g && (int)g->handover.state == set_in) {
		set_in = -1;
		watch->sets++;
	}
	return __real_clock_watch_look(watch);
}

/* --- the rig ------------------------------------------------------------------------ */

static struct net_flood flood;

/* Send about a thousand packets in a second at lo. */
static void traffic(void)
{
	net_flood_start(&flood, "lo", 1, 1000, 0);
}

static uint64_t received(const struct pfqd_group *g)
{
	uint64_t counters[PFQ_GROUP_COUNTERS_MAX];

	group_counters(g, counters);
	return counters[PFQ_GROUP_recv];
}

static struct client *join(const char *name, bool is_immediate)
{
	struct client *c = client_hello(0, 0);

	client_begin(c, PFQ_CMD_JOIN, 0);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, name);
	pfq_msg_put_u64(&c->out, PFQ_A_RING_BYTES, 1 << 20);
	if (is_immediate)
		pfq_msg_put_u32(&c->out, PFQ_A_IMMEDIATE, 1);
	assert_int_equal(client_ask(c), 0);
	return c;
}

static bool has_changed(const struct pfqd_group *g, bool is_immediate)
{
	return g->handover.state == HANDOVER_NONE && g->is_immediate == is_immediate &&
	       g->feed[0].source->driver->is_immediate == is_immediate;
}

/* The sum over all sources, as users see it. */
static uint64_t sum(enum pfq_ingest_counter which)
{
	uint64_t counters[PFQ_INGEST_COUNTERS_MAX], all = 0;
	struct source *src;

	TAILQ_FOREACH(src, &world.registry->sources.live, entry) {
		source_counters(src, counters);
		all += counters[which];
	}
	return all;
}

/* Let the old source, which waits for the sweep, count three packets. Returns their number. */
static uint64_t count_late(void)
{
	struct source *old = TAILQ_FIRST(&world.registry->sources.dead);

	if (!old)
		return 0;
	old->counters_before[PFQ_INGEST_cut_buffer] += 3;
	return 3;
}

/* Go on until the group has changed. The sums of counters do not fall meanwhile. */
static void change(struct pfqd_group *g, bool is_immediate)
{
	uint64_t end_ns = registry_now_ns() + 20000 * MS;
	uint64_t drops = sum(PFQ_INGEST_drop_socket), packets = sum(PFQ_INGEST_rx_packets), cuts;

	while (!has_changed(g, is_immediate)) {
		loop_once(world.loop, 10);
		assert_true(registry_now_ns() < end_ns);
		assert_int_equal(sum(PFQ_INGEST_drop_socket), drops);
		assert_true(sum(PFQ_INGEST_rx_packets) >= packets);
		packets = sum(PFQ_INGEST_rx_packets);
	}
	cuts = sum(PFQ_INGEST_cut_buffer) + count_late();
	/* the old sources are closed later */
	for (unsigned int i = 0; i < 10; i++)
		loop_once(world.loop, 10);
	assert_int_equal(sum(PFQ_INGEST_drop_socket), drops);
	assert_int_equal(sum(PFQ_INGEST_cut_buffer), cuts);
	assert_true(sum(PFQ_INGEST_rx_packets) >= packets);
}

/* The group changes back at once, and not after a delay. */
static void change_back(struct pfqd_group *g)
{
	struct pfq_error err;

	world_until(g->handover.back_ns);
	g->handover.back_ns = 1;
	assert_int_equal(registry_update(world.registry, &err), 0);
	change(g, false);
}

/* The group has received each packet once. */
static void check(const struct pfqd_group *g)
{
	uint32_t sent;

	net_flood_stop(&flood);
	sent = net_flood_sent(&flood);
	world_until(received(g) >= sent);
	for (unsigned int i = 0; i < 10; i++)
		loop_once(world.loop, 10);
	assert_int_equal(received(g), sent);
}

/* --- tests --------------------------------------------------------------------------- */

/* Change there and back. The control thread is late by @us, @count times for each change. */
static void there_and_back(unsigned int us, unsigned int count)
{
	struct pfqd_group *g = world_group("g", "lo", "copy", "0:0 0666");
	struct client *c, *d;

	traffic();
	c = join("g", false);
	d = join("g", true);
	late_us = us;
	lates = count;
	change(g, true);
	assert_int_equal(lates, 0);
	assert_int_equal(g->handover.ahead_ns > HANDOVER_AHEAD_NS, count > 0);
	client_free(d);
	lates = count;
	change_back(g);
	assert_int_equal(lates, 0);
	check(g);
	client_free(c);
}

static void test_in_time(void **state)
{
	(void)state;
	there_and_back(0, 0);
}

static void test_late_once(void **state)
{
	(void)state;
	there_and_back(550000, 1);
}

static void test_late_again(void **state)
{
	(void)state;
	there_and_back(550000, 3);
}

/* The clock is set at each moment of a change. */
static void test_clock_is_set(void **state)
{
	struct pfqd_group *g = world_group("g", "lo", "copy", "0:0 0666");
	struct client *c, *d;

	(void)state;
	traffic();
	c = join("g", false);
	for (int at = HANDOVER_OPENING; at <= HANDOVER_ENDING; at++) {
		/* the state is over before the clock is looked at */
		if (at == HANDOVER_OPEN)
			continue;
		set_in = at;
		d = join("g", true);
		change(g, true);
		assert_int_equal(set_in, -1);
		client_free(d);
		set_in = at;
		change_back(g);
		assert_int_equal(set_in, -1);
	}
	check(g);
	client_free(c);
}

/* All of pfqd was stopped for long: the workers still get the time to read the old source. */
static void test_stopped(void **state)
{
	struct pfqd_group *g = world_group("g", "lo", "copy", "0:0 0666");
	struct client *c, *d;

	(void)state;
	traffic();
	c = join("g", false);
	d = join("g", true);
	world_until(g->handover.state == HANDOVER_RUNNING);
	g->handover.end_ns = 1;
	change(g, true);
	check(g);
	client_free(c);
	client_free(d);
}

/* Packets that were lost before the engine stay in the sums, also if groups share a source. */
static void test_counters(void **state)
{
	struct pfqd_group *g, *calm = world_group("calm", "lo", "copy", "0:0 0666");
	struct client *c, *d;

	(void)state;
	g = world_group("g", "lo", "copy", "0:0 0666");
	assert_ptr_equal(g->feed[0].source, calm->feed[0].source);
	g->feed[0].source->counters_before[PFQ_INGEST_drop_socket] = 5;
	traffic();
	c = join("g", false);
	for (unsigned int i = 0; i < 2; i++) {
		d = join("g", true);
		change(g, true);
		assert_ptr_not_equal(g->feed[0].source, calm->feed[0].source);
		g->feed[0].source->counters_before[PFQ_INGEST_drop_socket] += 7;
		client_free(d);
		change_back(g);
		assert_ptr_equal(g->feed[0].source, calm->feed[0].source);
	}
	assert_int_equal(sum(PFQ_INGEST_drop_socket), 5 + 2 * 7);
	check(g);
	assert_int_equal(received(calm), received(g));
	client_free(c);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_in_time),
		TEST(test_late_once),
		TEST(test_late_again),
		TEST(test_clock_is_set),
		TEST(test_stopped),
		TEST(test_counters),
	};
	int ret = net_enter();

	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
