/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The workers, fed by an ingest of the test's: plans, states, watermarks, doorbells, sleep. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "ingest_net.h"
#include "worker_world.h"

#define MS		1000000ULL
/* holds all that a test sends: how fast it is read must not matter */
#define LANE_BYTES	(16ULL << 20)
#define SEEN_MAX	(1U << 20)

static struct workers *start(unsigned int count, int notify_fd)
{
	struct pfq_error err = { "" };
	struct workers *w;

	if (workers_start(&w, count, NULL, 42, notify_fd, &err))
		fail_msg("%s", err.text);
	assert_int_equal(workers_count(w), count);
	return w;
}

static void publish(struct workers *w, struct world_plan *p)
{
	assert_int_equal(workers_publish(w, &p->plan), 0);
}

static void stop(struct workers *w)
{
	struct world_plan *nothing = world_plan_new();

	publish(w, nothing);
	workers_stop(w);
	world_plan_free(nothing);
}

/* Wait up to two seconds until *@value is @want. */
static void wait_value(const uint64_t *value, uint64_t want)
{
	for (int i = 0; i < 2000 && __atomic_load_n(value, __ATOMIC_ACQUIRE) != want; i++)
		usleep(1000);
	assert_int_equal(__atomic_load_n(value, __ATOMIC_ACQUIRE), want);
}

/* one group of @policy with @members, fed by fakes in @lanes lanes */
struct rig {
	uint32_t lanes, members;
	struct workers *workers;
	struct fake *fake[WORLD_LANES_MAX];
	struct world_endpoint *member[WORLD_MEMBERS_MAX];
	struct world_group *group;
	struct world_plan *plan;
	int notify_fd;
};

static struct world_plan *rig_plan(struct rig *r, uint32_t members)
{
	struct world_plan *p = world_plan_new();

	world_plan_group(p, r->group, r->member, members);
	world_plan_source(p, &fake_driver, (struct ingest **)r->fake, r->lanes, 1);
	return p;
}

static void rig_make(struct rig *r, uint32_t lanes, const char *policy, uint32_t members)
{
	memset(r, 0, sizeof(*r));
	r->lanes = lanes;
	r->members = members;
	r->notify_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	for (uint32_t i = 0; i < lanes; i++)
		r->fake[i] = fake_new(i);
	for (uint32_t i = 0; i < members; i++)
		r->member[i] = world_endpoint_new(lanes, LANE_BYTES, SEEN_MAX);
	r->group = world_group_new(lanes, policy);
	r->plan = rig_plan(r, members);
	r->workers = start(lanes, r->notify_fd);
	publish(r->workers, r->plan);
}

static void rig_free(struct rig *r)
{
	stop(r->workers);
	world_plan_free(r->plan);
	world_group_free(r->group);
	for (uint32_t i = 0; i < r->members; i++)
		world_endpoint_free(r->member[i]);
	for (uint32_t i = 0; i < r->lanes; i++)
		fake_free(r->fake[i]);
	close(r->notify_fd);
}

/* --- threads seen from outside --------------------------------------------- */

static void read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	text[n > 0 ? n : 0] = '\0';
	if (fd >= 0)
		close(fd);
}

/* the number behind @field in a worker's status, summed over workers */
static uint64_t threads_status(const char *field)
{
	DIR *dir = opendir("/proc/self/task");
	uint64_t sum = 0;
	struct dirent *d;

	assert_non_null(dir);
	while ((d = readdir(dir))) {
		char path[300], text[4096], *at;

		snprintf(path, sizeof(path), "/proc/self/task/%s/status", d->d_name);
		read_text(path, text, sizeof(text));
		at = strstr(text, field);
		if (strncmp(text, "Name:\tpfqd/", 11) || !at)
			continue;
		sum += strtoull(at + strlen(field), NULL, 10);
	}
	closedir(dir);
	return sum;
}

static uint64_t process_cpu_ns(void)
{
	return net_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

/* --- starting -------------------------------------------------------------- */

static void test_start_stop(void **state)
{
	(void)state;
	for (unsigned int n = 1; n <= WORLD_LANES_MAX; n++)
		stop(start(n, -1));
	/* without any plan */
	workers_stop(start(2, -1));
	workers_stop(NULL);
}

static void test_start_refusals(void **state)
{
	struct pfq_error err;
	struct workers *w;
	cpu_set_t cpus;

	(void)state;
	assert_int_equal(workers_start(&w, 0, NULL, 0, -1, &err), -EINVAL);
	assert_non_null(strstr(err.text, "1 to 64"));
	assert_int_equal(workers_start(&w, 65, NULL, 0, -1, &err), -EINVAL);
	CPU_ZERO(&cpus);
	assert_int_equal(workers_start(&w, 1, &cpus, 0, -1, &err), -EINVAL);
	CPU_SET(CPU_SETSIZE - 1, &cpus);
	assert_int_equal(workers_start(&w, 1, &cpus, 0, -1, &err), -EINVAL);
	assert_non_null(strstr(err.text, "CPU 1023"));
}

static void test_pinned(void **state)
{
	struct pfq_error err;
	struct workers *w;
	cpu_set_t all, one;

	(void)state;
	sched_getaffinity(0, sizeof(all), &all);
	CPU_ZERO(&one);
	for (int cpu = 0; !CPU_COUNT(&one); cpu++) {
		if (CPU_ISSET(cpu, &all))
			CPU_SET(cpu, &one);
	}
	/* more workers than CPUs: round robin */
	assert_int_equal(workers_start(&w, 3, &one, 0, -1, &err), 0);
	assert_int_equal(threads_status("Cpus_allowed:\t"), 3);
	stop(w);
}

/* --- packets --------------------------------------------------------------- */

static void test_copy_to_all(void **state)
{
	enum { EACH = 5000, LANES = 2, MEMBERS = 3 };
	struct rig r;

	(void)state;
	rig_make(&r, LANES, "copy", MEMBERS);
	for (uint32_t i = 0; i < LANES; i++)
		fake_make(r.fake[i], EACH);
	for (uint32_t i = 0; i < LANES; i++)
		wait_value(&r.fake[i]->given, EACH);
	for (uint32_t m = 0; m < MEMBERS; m++) {
		struct world_endpoint *e = r.member[m];

		for (int t = 0; t < 2000 && e->packets < EACH * LANES; t++)
			if (!world_read(e))
				usleep(1000);
		assert_int_equal(e->packets, EACH * LANES);
		assert_int_equal(e->disorder, 0);
		for (uint32_t i = 0; i < EACH; i++) {
			assert_int_equal(e->seen[i * 4], 1);
			assert_int_equal(e->seen[i * 4 + 1], 1);
		}
	}
	assert_int_equal(world_group_count(r.group, PFQ_GROUP_recv), EACH * LANES);
	assert_int_equal(world_group_count(r.group, PFQ_GROUP_copies), EACH * LANES * MEMBERS);
	rig_free(&r);
}

/* Flows shared out by two workers, read by threads that sleep on their doorbells. */
static void test_flow_consumers(void **state)
{
	enum { EACH = 50000, LANES = 2, MEMBERS = 3 };
	uint64_t sum = 0;
	struct rig r;

	(void)state;
	rig_make(&r, LANES, "flow", MEMBERS);
	for (uint32_t m = 0; m < MEMBERS; m++)
		world_consume(r.member[m]);
	for (uint32_t done = 0; done < EACH; done += 500) {
		for (uint32_t i = 0; i < LANES; i++)
			fake_make(r.fake[i], 500);
		usleep(500);
	}
	for (uint32_t i = 0; i < LANES; i++)
		wait_value(&r.fake[i]->given, EACH);
	for (uint32_t m = 0; m < MEMBERS; m++)
		for (int t = 0; t < 2000; t++) {
			uint64_t have = __atomic_load_n(&r.member[m]->packets, __ATOMIC_ACQUIRE);

			if (have == world_endpoint_count(r.member[m], PFQ_ENDPOINT_delivered))
				break;
			usleep(1000);
		}
	for (uint32_t m = 0; m < MEMBERS; m++) {
		struct world_endpoint *e = r.member[m];

		world_consume_stop(e);
		assert_int_equal(e->packets, world_endpoint_count(e, PFQ_ENDPOINT_delivered));
		assert_int_equal(world_endpoint_count(e, PFQ_ENDPOINT_offered),
				 e->packets + world_endpoint_count(e, PFQ_ENDPOINT_drop_ring_full));
		assert_int_equal(e->late, 0);
		sum += world_endpoint_count(e, PFQ_ENDPOINT_offered);
	}
	assert_int_equal(sum, EACH * LANES);
	rig_free(&r);
}

/* Who stops reading loses his own packets and nobody else's. */
static void test_stopped_consumer(void **state)
{
	enum { SENT = 200000 };
	struct world_endpoint *dead, *alive;
	struct rig r;

	(void)state;
	rig_make(&r, 1, "copy", 2);
	dead = r.member[0];
	alive = r.member[1];
	WRITE_ONCE(world_reader(dead)->armed, 1);
	for (uint32_t done = 0; done < SENT; done += 500) {
		fake_make(r.fake[0], 500);
		wait_value(&r.fake[0]->given, done + 500);
		/* given is counted before the batch is in the rings */
		while (alive->packets < done + 500)
			world_read(alive);
	}
	assert_int_equal(alive->packets, SENT);
	assert_int_equal(world_endpoint_count(alive, PFQ_ENDPOINT_drop_ring_full), 0);
	assert_true(world_endpoint_count(dead, PFQ_ENDPOINT_drop_ring_full) > 0);
	world_read(dead);
	assert_int_equal(dead->packets + world_endpoint_count(dead, PFQ_ENDPOINT_drop_ring_full),
			 SENT);
	rig_free(&r);
}

/* --- plans ----------------------------------------------------------------- */

/* Members come and go hundreds of times under load: nothing lost, everything accounted for. */
static void test_plan_switches(void **state)
{
	enum { SWITCHES = 400, LANES = 2, MEMBERS = 4 };
	uint64_t worst_ns = 0, total_ns = 0, made = 0, offered = 0;
	struct rig r;

	(void)state;
	rig_make(&r, LANES, "copy", MEMBERS);
	for (uint32_t m = 0; m < MEMBERS; m++)
		world_consume(r.member[m]);
	for (uint32_t i = 0; i < SWITCHES; i++) {
		/* member 0 is in all of them */
		struct world_plan *next = rig_plan(&r, 1 + i % MEMBERS);
		uint64_t before, took;

		fake_make(r.fake[0], 100);
		fake_make(r.fake[1], 100);
		made += 100;
		before = net_clock_ns(CLOCK_MONOTONIC);
		publish(r.workers, next);
		took = net_clock_ns(CLOCK_MONOTONIC) - before;
		total_ns += took;
		worst_ns = took > worst_ns ? took : worst_ns;
		assert_true(next->plan.generation > r.plan->plan.generation);
		/* nobody may look at it any more */
		memset(r.plan->group[0]->endpoint, 0xff, sizeof(struct plan_endpoint));
		world_plan_free(r.plan);
		r.plan = next;
	}
	for (uint32_t i = 0; i < LANES; i++)
		wait_value(&r.fake[i]->given, made);
	usleep(50000);
	for (uint32_t m = 0; m < MEMBERS; m++) {
		world_consume_stop(r.member[m]);
		assert_int_equal(world_endpoint_count(r.member[m], PFQ_ENDPOINT_drop_ring_full), 0);
		assert_int_equal(r.member[m]->packets,
				 world_endpoint_count(r.member[m], PFQ_ENDPOINT_offered));
		offered += r.member[m]->packets;
	}
	assert_int_equal(r.member[0]->packets, made * LANES);
	assert_int_equal(world_group_count(r.group, PFQ_GROUP_recv), made * LANES);
	assert_int_equal(world_group_count(r.group, PFQ_GROUP_copies), offered);
	print_message("publish: %lu us on average, %lu us at worst\n",
		      total_ns / SWITCHES / 1000, worst_ns / 1000);
	assert_true(total_ns / SWITCHES < 5 * MS);
	rig_free(&r);
}

/* Sleeping workers take a plan at once, without any packet. */
static void test_plan_switch_idle(void **state)
{
	uint64_t total_ns = 0;
	struct rig r;

	(void)state;
	rig_make(&r, 2, "copy", 1);
	for (int i = 0; i < 20; i++) {
		struct world_plan *next = rig_plan(&r, 1);
		uint64_t before;

		usleep(20000);
		before = net_clock_ns(CLOCK_MONOTONIC);
		publish(r.workers, next);
		total_ns += net_clock_ns(CLOCK_MONOTONIC) - before;
		world_plan_free(r.plan);
		r.plan = next;
	}
	assert_true(total_ns / 20 < 5 * MS);
	rig_free(&r);
}

/* Two groups on one source, two sources on one group. */
static void test_sources_and_groups(void **state)
{
	struct world_endpoint *e[2];
	struct world_group *g[2];
	struct fake *fake[2] = { fake_new(0), fake_new(1) };
	struct world_plan *p = world_plan_new();
	struct workers *w = start(1, -1);

	(void)state;
	for (int i = 0; i < 2; i++) {
		e[i] = world_endpoint_new(1, LANE_BYTES, SEEN_MAX);
		g[i] = world_group_new(1, "copy");
		world_plan_group(p, g[i], &e[i], 1);
	}
	world_plan_source(p, &fake_driver, (struct ingest **)&fake[0], 1, 3);
	world_plan_source(p, &fake_driver, (struct ingest **)&fake[1], 1, 2);
	publish(w, p);
	fake_make(fake[0], 1000);
	fake_make(fake[1], 500);
	for (int i = 0; i < 2000 && (e[0]->packets < 1000 || e[1]->packets < 1500); i++) {
		world_read(e[0]);
		world_read(e[1]);
		usleep(1000);
	}
	assert_int_equal(e[0]->packets, 1000);
	assert_int_equal(e[1]->packets, 1500);
	stop(w);
	world_plan_free(p);
	for (int i = 0; i < 2; i++) {
		world_endpoint_free(e[i]);
		world_group_free(g[i]);
		fake_free(fake[i]);
	}
}

static void test_paused(void **state)
{
	struct world_plan *paused, *running;
	struct rig r;

	(void)state;
	rig_make(&r, 1, "copy", 1);
	paused = rig_plan(&r, 1);
	paused->source[0].paused = true;
	publish(r.workers, paused);
	fake_make(r.fake[0], 100);
	usleep(50000);
	assert_int_equal(fake_given(r.fake[0]), 0);
	assert_int_equal(READ_ONCE(world_lane(r.member[0], 0)->watermark), PFQ_LANE_UNFED);
	running = rig_plan(&r, 1);
	publish(r.workers, running);
	wait_value(&r.fake[0]->given, 100);
	stop(r.workers);
	assert_int_equal(world_read(r.member[0]), 100);
	assert_int_not_equal(READ_ONCE(world_lane(r.member[0], 0)->watermark), 0);
	world_plan_free(paused);
	world_plan_free(running);
	r.workers = start(1, -1);
	rig_free(&r);
}

/* --- states of sources ----------------------------------------------------- */

static bool notified(struct rig *r, int timeout_ms)
{
	struct pollfd fd = { .fd = r->notify_fd, .events = POLLIN };
	uint64_t n;

	return poll(&fd, 1, timeout_ms) == 1 && read(fd.fd, &n, sizeof(n)) == sizeof(n);
}

static void test_source_ends(void **state)
{
	struct world_plan *next;
	uint64_t calls;
	struct rig r;

	(void)state;
	rig_make(&r, 2, "copy", 1);
	assert_int_equal(workers_source_state(r.workers, 0), 0);
	__atomic_store_n(&r.fake[0]->end, -ENODATA, __ATOMIC_RELEASE);
	fake_make(r.fake[0], 100);
	assert_true(notified(&r, 2000));
	assert_int_equal(workers_source_state(r.workers, 0), -ENODATA);
	assert_int_equal(workers_source_state(r.workers, 1), 0);
	/* all of it came before; the lane is unfed, the other one is not */
	usleep(20000);
	assert_int_equal(world_read(r.member[0]), 100);
	assert_int_equal(READ_ONCE(world_lane(r.member[0], 0)->watermark), PFQ_LANE_UNFED);
	assert_int_not_equal(READ_ONCE(world_lane(r.member[0], 1)->watermark), PFQ_LANE_UNFED);
	/* not asked again, not even under a new plan, of which nobody needs to be told */
	calls = __atomic_load_n(&r.fake[0]->rx_calls, __ATOMIC_RELAXED);
	next = rig_plan(&r, 1);
	publish(r.workers, next);
	fake_make(r.fake[1], 10);
	usleep(20000);
	assert_int_equal(__atomic_load_n(&r.fake[0]->rx_calls, __ATOMIC_RELAXED), calls);
	assert_int_equal(workers_source_state(r.workers, 0), -ENODATA);
	assert_false(notified(&r, 0));
	world_plan_free(r.plan);
	r.plan = next;
	rig_free(&r);
}

/* make poll() say POLLHUP for ever */
static void break_fd(struct fake *f)
{
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	close(ends[1]);
	assert_true(dup2(ends[0], f->fd) >= 0);
	close(ends[0]);
}

/* A descriptor in error for ever costs no time and does not hinder others. */
static void test_fault_for_ever(void **state)
{
	struct world_plan *next;
	uint64_t before;
	struct rig r;

	(void)state;
	rig_make(&r, 2, "copy", 1);
	usleep(30000);
	r.fake[0]->fault = -ENETDOWN;
	break_fd(r.fake[0]);
	/* it is polled by now, as what it was before */
	next = rig_plan(&r, 1);
	publish(r.workers, next);
	assert_true(notified(&r, 2000));
	assert_int_equal(workers_source_state(r.workers, 0), -ENETDOWN);
	usleep(50000);
	before = process_cpu_ns();
	usleep(300000);
	assert_true(process_cpu_ns() - before < 30 * MS);
	assert_true(__atomic_load_n(&r.fake[0]->fault_calls, __ATOMIC_RELAXED) < 10);
	fake_make(r.fake[1], 10);
	wait_value(&r.fake[1]->given, 10);
	world_plan_free(r.plan);
	r.plan = next;
	rig_free(&r);
}

/* --- sleep ----------------------------------------------------------------- */

static void test_idle_has_no_wakeups(void **state)
{
	uint64_t before, cpu_ns;
	struct rig r;

	(void)state;
	rig_make(&r, 2, "copy", 2);
	fake_make(r.fake[0], 100);
	wait_value(&r.fake[0]->given, 100);
	/* one consumer has gone away, another waits for more than there is */
	WRITE_ONCE(world_reader(r.member[1])->threshold, ~0U);
	WRITE_ONCE(world_reader(r.member[1])->delay_ns, ~0ULL);
	WRITE_ONCE(world_reader(r.member[1])->armed, 1);
	usleep(100000);
	before = threads_status("\nvoluntary_ctxt_switches:");
	assert_true(before > 0);
	cpu_ns = process_cpu_ns();
	sleep(1);
	/* nor do they go round without sleeping */
	assert_true(process_cpu_ns() - cpu_ns < 10 * MS);
	assert_int_equal(threads_status("\nvoluntary_ctxt_switches:"), before);
	/* and they are still there */
	fake_make(r.fake[1], 100);
	wait_value(&r.fake[1]->given, 100);
	rig_free(&r);
}

static uint64_t lag_ns(struct rig *r, uint32_t lane)
{
	uint64_t mark = READ_ONCE(world_lane(r->member[0], lane)->watermark);
	uint64_t now = net_clock_ns(CLOCK_REALTIME);

	return mark < now ? now - mark : 0;
}

/* A packet in one lane makes the watermark of the lane that slept current. */
static void test_wakes_the_others(void **state)
{
	uint64_t worst_ns = 0, sum_ns = 0;
	struct rig r;

	(void)state;
	rig_make(&r, 2, "copy", 1);
	for (int i = 0; i < 30; i++) {
		uint64_t made_ns, took;

		for (int k = 0; k < 1000 && lag_ns(&r, 1) < 15 * MS; k++)
			usleep(5000);
		made_ns = net_clock_ns(CLOCK_REALTIME);
		fake_make(r.fake[0], 1);
		while (READ_ONCE(world_lane(r.member[0], 1)->watermark) < made_ns) {
			assert_true(net_clock_ns(CLOCK_REALTIME) - made_ns < 2000 * MS);
			usleep(20);
		}
		took = net_clock_ns(CLOCK_REALTIME) - made_ns;
		sum_ns += took;
		worst_ns = took > worst_ns ? took : worst_ns;
	}
	print_message("other lane current after %lu us on average, %lu us at worst\n",
		      sum_ns / 30 / 1000, worst_ns / 1000);
	rig_free(&r);
}

/* While packets come anywhere, each lane's watermark is renewed every millisecond. */
static void test_watermark_period(void **state)
{
	uint64_t samples = 0, late = 0, worst_ns = 0;
	struct rig r;

	(void)state;
	rig_make(&r, 2, "copy", 1);
	fake_make(r.fake[0], 1);
	usleep(5000);
	for (int i = 0; i < 2000; i++) {
		uint64_t lag = lag_ns(&r, 1);

		if (i % 20 == 0)
			fake_make(r.fake[0], 1);
		worst_ns = lag > worst_ns ? lag : worst_ns;
		late += lag > 2 * PFQ_WATERMARK_NS;
		samples++;
		usleep(100);
	}
	print_message("%lu of %lu looks found a watermark older than 2 ms, at worst %lu us\n",
		      late, samples, worst_ns / 1000);
	/* the machine has other things to do too */
	assert_true(late < samples / 2);
	rig_free(&r);
}

/* rx() asks to be called at a time: so it is, from sleep too. */
static void test_ingest_timer(void **state)
{
	uint64_t calls, when;
	struct rig r;

	(void)state;
	rig_make(&r, 1, "copy", 1);
	when = net_clock_ns(CLOCK_MONOTONIC) + 500 * MS;
	__atomic_store_n(&r.fake[0]->next_ns, when, __ATOMIC_RELAXED);
	fake_make(r.fake[0], 1);
	wait_value(&r.fake[0]->given, 1);
	usleep(50000);
	calls = __atomic_load_n(&r.fake[0]->rx_calls, __ATOMIC_RELAXED);
	usleep(20000);
	assert_int_equal(__atomic_load_n(&r.fake[0]->rx_calls, __ATOMIC_RELAXED), calls);
	__atomic_store_n(&r.fake[0]->next_ns, ~0ULL, __ATOMIC_RELAXED);
	while (__atomic_load_n(&r.fake[0]->rx_calls, __ATOMIC_RELAXED) == calls)
		assert_true(net_clock_ns(CLOCK_MONOTONIC) < when + 1000 * MS);
	assert_true(net_clock_ns(CLOCK_MONOTONIC) >= when);
	rig_free(&r);
}

/* --- doorbells ------------------------------------------------------------- */

static void arm(struct world_endpoint *e, uint32_t threshold, uint64_t delay_ns)
{
	WRITE_ONCE(world_reader(e)->threshold, threshold);
	WRITE_ONCE(world_reader(e)->delay_ns, delay_ns);
	WRITE_ONCE(world_reader(e)->armed, 1);
	smp_mb();
}

/* ns until it rang; ~0: it did not */
static uint64_t rung(struct world_endpoint *e, int timeout_ms)
{
	struct pollfd fd = { .fd = e->doorbell[1], .events = POLLIN };
	uint64_t before = net_clock_ns(CLOCK_MONOTONIC);
	char bytes[64];

	if (poll(&fd, 1, timeout_ms) != 1)
		return ~0ULL;
	assert_int_equal(read(fd.fd, bytes, sizeof(bytes)), 1);
	return net_clock_ns(CLOCK_MONOTONIC) - before;
}

static void test_doorbell_at_once(void **state)
{
	struct world_endpoint *e;
	struct rig r;

	(void)state;
	rig_make(&r, 1, "copy", 1);
	e = r.member[0];
	for (int i = 0; i < 10; i++) {
		arm(e, 1, ~0ULL);
		fake_make(r.fake[0], 3);
		assert_true(rung(e, 1000) != ~0ULL);
		assert_int_equal(READ_ONCE(world_reader(e)->armed), 0);
		/* once, and not at all for who has not armed */
		fake_make(r.fake[0], 3);
		assert_true(rung(e, 20) == ~0ULL);
		world_read(e);
	}
	rig_free(&r);
}

/* With a threshold it waits for so many bytes, or for the delay. */
static void test_doorbell_delay(void **state)
{
	struct world_endpoint *e;
	struct rig r;

	(void)state;
	rig_make(&r, 1, "copy", 1);
	e = r.member[0];
	for (int i = 0; i < 5; i++) {
		/* longer than it takes to fall asleep */
		static const uint64_t delays[] = { 3 * MS, 40 * MS, 150 * MS, 300 * MS, 0 };
		uint64_t begun, took;

		arm(e, 65536, delays[i]);
		begun = net_clock_ns(CLOCK_MONOTONIC);
		fake_make(r.fake[0], 1);
		assert_true(rung(e, 2000) != ~0ULL);
		took = net_clock_ns(CLOCK_MONOTONIC) - begun;
		assert_true(took + MS >= delays[i]);
		assert_true(took < delays[i] + 1000 * MS);
		world_read(e);
	}
	arm(e, 1000 * PFQ_REC_BYTES(NET_PACKET_BYTES), ~0ULL);
	fake_make(r.fake[0], 999);
	assert_true(rung(e, 50) == ~0ULL);
	fake_make(r.fake[0], 1);
	assert_true(rung(e, 1000) != ~0ULL);
	rig_free(&r);
}

/* A doorbell that is full, and one whose other end is closed, stop nobody. */
static void test_doorbell_hostile(void **state)
{
	struct rig r;

	(void)state;
	rig_make(&r, 1, "copy", 3);
	while (send(r.member[0]->doorbell[0], "x", 1, MSG_DONTWAIT) == 1)
		;
	close(r.member[1]->doorbell[1]);
	r.member[1]->doorbell[1] = -1;
	for (int i = 0; i < 20; i++) {
		for (int m = 0; m < 3; m++)
			arm(r.member[m], 1, 0);
		fake_make(r.fake[0], 10);
		assert_true(rung(r.member[2], 1000) != ~0ULL);
	}
	wait_value(&r.fake[0]->given, 200);
	rig_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start_stop),
		cmocka_unit_test(test_start_refusals),
		cmocka_unit_test(test_pinned),
		cmocka_unit_test(test_copy_to_all),
		cmocka_unit_test(test_flow_consumers),
		cmocka_unit_test(test_stopped_consumer),
		cmocka_unit_test(test_plan_switches),
		cmocka_unit_test(test_plan_switch_idle),
		cmocka_unit_test(test_sources_and_groups),
		cmocka_unit_test(test_paused),
		cmocka_unit_test(test_source_ends),
		cmocka_unit_test(test_fault_for_ever),
		cmocka_unit_test(test_idle_has_no_wakeups),
		cmocka_unit_test(test_wakes_the_others),
		cmocka_unit_test(test_watermark_period),
		cmocka_unit_test(test_ingest_timer),
		cmocka_unit_test(test_doorbell_at_once),
		cmocka_unit_test(test_doorbell_delay),
		cmocka_unit_test(test_doorbell_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
