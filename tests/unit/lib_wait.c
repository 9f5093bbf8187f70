/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Sleeping, being woken, and noticing that the engine is gone. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "lib_fake.h"

#define MS	1000000ULL
#define LAG_MS	(PFQ_LAG_MAX_NS / MS)

static struct fake *f;
static struct pfq *q;
static const struct pfq_rec *recs[4096];

static void join(uint32_t lanes)
{
	f = fake_start(&(struct fake_config){ .lanes = lanes });
	q = fake_join(f, false);
}

static int leave(void **state)
{
	(void)state;
	pfq_close(q);
	fake_stop(f);
	return 0;
}

static uint64_t elapsed_ms(uint64_t since)
{
	return (fake_now_ns() - since) / MS;
}

/* something that happens in another thread after a while */
struct later {
	unsigned int ms;
	void (*act)(void);
	pthread_t thread;
};

static void *later_run(void *arg)
{
	struct later *l = arg;

	usleep(l->ms * 1000);
	l->act();
	return NULL;
}

static void later(struct later *l, unsigned int ms, void (*act)(void))
{
	l->ms = ms;
	l->act = act;
	assert_int_equal(pthread_create(&l->thread, NULL, later_run, l), 0);
}

static void later_done(struct later *l)
{
	pthread_join(l->thread, NULL);
}

static void act_put(void) { fake_put(f, 0, 100, 1); }
static void act_put_2(void) { fake_put(f, 1, 100, 1); }
static void act_die(void) { fake_die(f); }
static void act_mark(void) { fake_watermark(f, 1, 1000); }

static void wait_times_out(void **state)
{
	uint64_t t = fake_now_ns();

	(void)state;
	join(1);
	assert_int_equal(pfq_wait(q, -1, 0), 0);
	t = fake_now_ns();
	assert_int_equal(pfq_wait(q, -1, 30), 0);
	assert_in_range(elapsed_ms(t), 29, 2000);
	assert_int_equal(f->starts, 1);
}

static void wait_is_rung(void **state)
{
	struct later l;
	uint64_t t;

	(void)state;
	join(2);
	fake_watermark(f, 1, PFQ_LANE_UNFED);
	t = fake_now_ns();
	later(&l, 30, act_put);
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
	assert_in_range(elapsed_ms(t), 29, 1000);
	later_done(&l);
	/* as often as it is asked, as long as it has not been read */
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
	assert_int_equal(pfq_read(q, recs, 10), 1);
	assert_int_equal(pfq_wait(q, -1, 0), 0);
}

/* there before we slept: the doorbell never rang for it */
static void wait_looks_first(void **state)
{
	(void)state;
	join(1);
	fake_put(f, 0, 1, 1);
	assert_int_equal(pfq_wait(q, -1, -1), 1);
}

static void wait_extra_fd(void **state)
{
	int p[2];

	(void)state;
	join(1);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(pfq_wait(q, p[0], 0), 0);
	assert_int_equal(write(p[1], "", 1), 1);
	assert_int_equal(pfq_wait(q, p[0], -1), 2);
	close(p[0]);
	close(p[1]);
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void wait_is_interrupted(void **state)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct itimerval it = { .it_value.tv_usec = 20000 };

	(void)state;
	join(1);
	assert_int_equal(pfq_wait(q, -1, 0), 0);	/* starts */
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
	assert_int_equal(pfq_wait(q, -1, 5000), -EINTR);
}

/*
 * Records wait for another lane's watermark: neither a wake-up for nothing, nor
 * a sleep for ever, nor until it gives up. On a busy machine a thread may be
 * late by more than that, so a few tries.
 */
static void wait_for_watermark(void **state)
{
	unsigned int try;
	struct later l;
	uint64_t t, ms;

	for (try = 0; try < 10; try++) {
		join(2);
		assert_int_equal(pfq_wait(q, -1, 0), 0);
		fake_put(f, 0, 10, 1);
		t = fake_now_ns();
		later(&l, 8, act_mark);
		assert_int_equal(pfq_wait(q, -1, 5000), 1);
		ms = elapsed_ms(t);
		later_done(&l);
		assert_int_equal(pfq_read(q, recs, 10), 1);
		leave(state);
		if (ms >= 7 && ms < LAG_MS)
			return;
	}
	fail_msg("the last try took %llu ms", (unsigned long long)ms);
}

static void wait_gives_up_on_a_lane(void **state)
{
	uint64_t t;

	(void)state;
	join(2);
	fake_put(f, 0, 10, 1);
	t = fake_now_ns();
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
	assert_in_range(elapsed_ms(t), LAG_MS, LAG_MS + 1000);
	assert_int_equal(pfq_read(q, recs, 10), 1);
}

static void policy_threshold(void **state)
{
	struct later l;
	unsigned int i;

	(void)state;
	join(2);
	fake_watermark(f, 1, PFQ_LANE_UNFED);
	pfq_wakeup_set(q, 960, ~0ULL);
	for (i = 0; i < 9; i++) {
		fake_put(f, 0, i, i);
		assert_int_equal(pfq_wait(q, -1, 1), 0);
	}
	/* 96 bytes each: the tenth makes it */
	later(&l, 20, act_put);
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
	later_done(&l);
	assert_int_equal(pfq_read(q, recs, 100), 10);
	assert_int_equal(pfq_wait(q, -1, 1), 0);
	/* a threshold that no lane can hold means half of it, not never */
	pfq_wakeup_set(q, 0xffffffff, ~0ULL);
	assert_int_equal(pfq_wait(q, -1, 1), 0);
	for (i = 0; i < 65536 / 2 / 96 + 1; i++)
		assert_true(fake_record(f, 0, i, i, 64));
	pfq_ring_publish(&f->producer[0]);	/* and the engine does not ring */
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
	/* and 0 is 1 */
	assert_true(pfq_read(q, recs, 4096) > 0);
	pfq_wakeup_set(q, 0, ~0ULL);
	fake_put(f, 0, 1, 1);
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
}

static void policy_delay(void **state)
{
	uint64_t t;

	(void)state;
	join(1);
	pfq_wakeup_set(q, 32000, 200 * MS);
	t = fake_now_ns();
	fake_put(f, 0, 1, 1);
	/* before it slept: no timer of the engine runs, its own must */
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
	assert_in_range(elapsed_ms(t), 199, 2000);
	assert_int_equal(pfq_read(q, recs, 10), 1);
	/* a time-out in between does not begin it anew */
	t = fake_now_ns();
	fake_put(f, 0, 1, 1);
	assert_int_equal(pfq_wait(q, -1, 20), 0);
	assert_int_equal(pfq_wait(q, -1, 20), 0);
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
	assert_in_range(elapsed_ms(t), 199, 2000);
	assert_int_equal(pfq_read(q, recs, 10), 1);
	/* a read that finds something comes before it */
	fake_put(f, 0, 1, 1);
	assert_int_equal(pfq_wait(q, -1, 1), 0);
	assert_int_equal(pfq_read(q, recs, 10), 1);
}

/* an engine that rings on its own timer is believed: its record was older than our look */
static void policy_engine_timer(void **state)
{
	uint64_t t;

	(void)state;
	join(1);
	pfq_wakeup_set(q, 32000, 400 * MS);
	assert_int_equal(pfq_wait(q, -1, 1), 0);
	fake_put(f, 0, 1, 1);
	usleep(405000);
	fake_timer(f, 0);
	t = fake_now_ns();
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
	assert_in_range(elapsed_ms(t), 0, 300);
}

/* old bytes in the doorbell cost one look, not a look each time */
static void stale_bytes(void **state)
{
	struct rusage a, b;
	int i;

	(void)state;
	join(1);
	assert_int_equal(pfq_wait(q, -1, 1), 0);
	for (i = 0; i < 100; i++)
		assert_int_equal(send(f->bell, "", 1, MSG_DONTWAIT), 1);
	getrusage(RUSAGE_THREAD, &a);
	assert_int_equal(pfq_wait(q, -1, 100), 0);
	getrusage(RUSAGE_THREAD, &b);
	assert_in_range(b.ru_nvcsw - a.ru_nvcsw, 0, 10);
	assert_in_range((b.ru_utime.tv_sec - a.ru_utime.tv_sec) * 1000000 +
			b.ru_utime.tv_usec - a.ru_utime.tv_usec, 0, 20000);
	assert_false(fake_is_readable(pfq_fd(q), 0));
}

/* --- the descriptor ------------------------------------------------------------------- */

static int by_poll(int fd, int ms)
{
	return fake_is_readable(fd, ms);
}

static int by_select(int fd, int ms)
{
	struct timeval t = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	return select(fd + 1, &set, NULL, NULL, &t);
}

static int by_epoll(int fd, int ms)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int e = epoll_create1(0), n;

	assert_int_equal(epoll_ctl(e, EPOLL_CTL_ADD, fd, &ev), 0);
	n = epoll_wait(e, &ev, 1, ms);
	close(e);
	return n;
}

static int (*const readable_by[])(int fd, int ms) = { by_poll, by_select, by_epoll };

static void fd_readable(void **state)
{
	struct later l;
	unsigned int i;
	int fd;

	for (i = 0; i < 3; i++) {
		join(2);
		fake_watermark(f, 1, PFQ_LANE_UNFED);
		fd = pfq_fd(q);
		assert_int_equal(f->starts, 1);
		assert_true(fd >= 0);
		assert_int_equal(pfq_fd(q), fd);
		assert_int_equal(readable_by[i](fd, 0), 0);
		later(&l, 20, act_put);
		assert_int_equal(readable_by[i](fd, 5000), 1);
		later_done(&l);
		/* level: it stays so */
		assert_int_equal(readable_by[i](fd, 0), 1);
		fake_put(f, 0, 200, 2);
		fake_put(f, 0, 300, 3);
		assert_int_equal(pfq_read(q, recs, 1), 1);
		assert_int_equal(readable_by[i](fd, 0), 1);
		assert_int_equal(pfq_read(q, recs, 10), 2);
		assert_int_equal(pfq_read(q, recs, 10), 0);
		assert_int_equal(readable_by[i](fd, 0), 0);
		assert_int_equal(readable_by[i](fd, 30), 0);
		fake_put(f, 0, 400, 4);
		assert_int_equal(readable_by[i](fd, 0), 1);
		leave(state);
	}
}

static void fd_on_a_full_ring(void **state)
{
	int fd;

	(void)state;
	join(1);
	fake_put(f, 0, 1, 1);
	fake_put(f, 0, 2, 2);
	fd = pfq_fd(q);
	assert_true(fake_is_readable(fd, 0));
	/* without having been asked: nobody rang for what is left */
	assert_int_equal(pfq_read(q, recs, 2), 2);
	assert_int_equal(pfq_read(q, recs, 2), 0);
	assert_false(fake_is_readable(fd, 0));
	fake_record(f, 0, 3, 3, 64);
	fake_record(f, 0, 4, 4, 64);
	pfq_ring_publish(&f->producer[0]);	/* the engine has not rung yet */
	assert_int_equal(pfq_read(q, recs, 1), 1);
	assert_true(fake_is_readable(fd, 0));
	assert_int_equal(pfq_read(q, recs, 1), 1);
	assert_int_equal(pfq_read(q, recs, 1), 0);
	assert_false(fake_is_readable(fd, 0));
	/* given back in part: there is something to read */
	fake_put(f, 0, 5, 5);
	fake_put(f, 0, 6, 6);
	assert_int_equal(pfq_read(q, recs, 2), 2);
	pfq_release(q, 1);
	assert_true(fake_is_readable(fd, 0));
	assert_int_equal(pfq_read(q, recs, 2), 1);
}

static void fd_waits_for_watermark(void **state)
{
	uint64_t t;
	int fd, looks = 0, n;

	(void)state;
	join(2);
	fd = pfq_fd(q);
	fake_put(f, 0, 10, 1);
	t = fake_now_ns();
	while (!(n = pfq_read(q, recs, 10))) {
		assert_int_equal(by_poll(fd, 1000), 1);
		looks++;
	}
	assert_int_equal(n, 1);
	assert_in_range(elapsed_ms(t), LAG_MS, LAG_MS + 1000);
	/* not in a circle: a few for each time that watermarks are renewed */
	assert_in_range(looks, 1, 4 * PFQ_LAG_MAX_NS / PFQ_WATERMARK_NS);
	assert_int_equal(pfq_read(q, recs, 10), 0);
	assert_false(fake_is_readable(fd, 20));
}

static void fd_obeys_policy(void **state)
{
	uint64_t t;
	int fd;

	(void)state;
	join(1);
	pfq_wakeup_set(q, 960, 40 * MS);
	fd = pfq_fd(q);
	t = fake_now_ns();
	fake_put(f, 0, 1, 1);
	assert_false(fake_is_readable(fd, 0));
	usleep(45000);
	fake_timer(f, 0);
	assert_true(fake_is_readable(fd, 0));
	assert_int_equal(pfq_read(q, recs, 10), 1);
	assert_int_equal(pfq_read(q, recs, 10), 0);
	assert_false(fake_is_readable(fd, 0));
	/* published while nobody was armed: its own timer */
	pfq_wakeup_set(q, 960, 40 * MS);
	fake_record(f, 0, 2, 2, 64);
	pfq_ring_publish(&f->producer[0]);
	t = fake_now_ns();
	pfq_wakeup_set(q, 960, 40 * MS);
	assert_true(fake_is_readable(fd, 5000));
	assert_in_range(elapsed_ms(t), 39, 2000);
	/* changed while it waits */
	pfq_wakeup_set(q, 1, 0);
	assert_true(fake_is_readable(fd, 0));
	assert_int_equal(pfq_read(q, recs, 10), 1);
	assert_int_equal(pfq_read(q, recs, 10), 0);
	pfq_wakeup_set(q, 32000, ~0ULL);
	fake_put(f, 0, 3, 3);
	assert_false(fake_is_readable(fd, 20));
	pfq_wakeup_set(q, 1, 0);
	assert_true(fake_is_readable(fd, 0));
}

/* both ways of waiting on one endpoint */
static void fd_and_wait(void **state)
{
	struct later l;
	int fd;

	(void)state;
	join(1);
	fd = pfq_fd(q);
	later(&l, 10, act_put);
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
	later_done(&l);
	assert_true(fake_is_readable(fd, 0));
	assert_int_equal(pfq_read(q, recs, 10), 1);
	assert_int_equal(pfq_wait(q, -1, 5), 0);
	assert_false(fake_is_readable(fd, 0));
	fake_put(f, 0, 1, 1);
	assert_true(fake_is_readable(fd, 0));
	assert_int_equal(pfq_wait(q, -1, 5), 1);
	assert_true(fake_is_readable(fd, 0));
}

/* --- the engine's end ------------------------------------------------------------------- */

static void gone_while_waiting(void **state)
{
	struct pfq_stats stats;
	struct later l;

	(void)state;
	join(1);
	later(&l, 20, act_die);
	assert_int_equal(pfq_wait(q, -1, 5000), -EPIPE);
	later_done(&l);
	assert_int_equal(pfq_wait(q, -1, 5000), -EPIPE);
	assert_int_equal(pfq_read(q, recs, 10), -EPIPE);
	pfq_stats_get(q, &stats);
	assert_int_equal(stats.counters[PFQ_ENDPOINT_delivered], 0);
}

/* what it had published comes out, also what waited for a watermark that will never come */
static void gone_with_records_left(void **state)
{
	struct pfq_stats stats;
	int way;

	for (way = 0; way < 3; way++) {
		join(3);
		fake_put(f, 0, 10, 1);
		fake_put(f, 1, 9, 2);
		fake_put(f, 0, 11, 3);
		if (way == 2)
			assert_int_equal(pfq_read(q, recs, 10), 0);
		fake_die(f);
		if (way == 1)
			assert_int_equal(pfq_wait(q, -1, 5000), 1);
		assert_int_equal(pfq_read(q, recs, 2), 2);
		assert_int_equal(fake_seq(recs[0]), 2);
		assert_int_equal(fake_seq(recs[1]), 1);
		assert_int_equal(pfq_wait(q, -1, 5000), 1);
		assert_int_equal(pfq_read(q, recs, 2), 1);
		assert_int_equal(fake_seq(recs[0]), 3);
		assert_int_equal(pfq_read(q, recs, 2), -EPIPE);
		assert_int_equal(pfq_wait(q, -1, 5000), -EPIPE);
		pfq_stats_get(q, &stats);
		assert_int_equal(stats.counters[PFQ_ENDPOINT_delivered], 3);
		assert_int_equal(stats.read, 3);
		leave(state);
	}
}

static void gone_by_fd(void **state)
{
	struct later l;
	int fd;

	(void)state;
	join(2);
	fd = pfq_fd(q);
	fake_put(f, 0, 10, 1);
	fake_put(f, 0, 11, 2);
	assert_true(fake_is_readable(fd, 0));
	assert_int_equal(pfq_read(q, recs, 10), 0);
	fake_die(f);
	assert_true(fake_is_readable(fd, 0));
	assert_int_equal(pfq_read(q, recs, 1), 1);
	assert_true(fake_is_readable(fd, 0));
	assert_int_equal(pfq_read(q, recs, 1), 1);
	assert_int_equal(pfq_read(q, recs, 1), -EPIPE);
	assert_true(fake_is_readable(fd, 0));
	leave(state);

	join(1);
	fd = pfq_fd(q);
	later(&l, 20, act_die);
	assert_true(fake_is_readable(fd, 5000));
	later_done(&l);
	assert_int_equal(pfq_read(q, recs, 1), -EPIPE);
	assert_true(fake_is_readable(fd, 0));
}

/* bytes before the end of file do not hide it from one that only reads */
static void gone_after_a_ring(void **state)
{
	(void)state;
	join(1);
	assert_int_equal(pfq_wait(q, -1, 0), 0);
	fake_put(f, 0, 1, 1);
	fake_die(f);
	assert_int_equal(pfq_read(q, recs, 1), 1);
	assert_int_equal(pfq_read(q, recs, 1), -EPIPE);
}

/* --- fork -------------------------------------------------------------------------------- */

static int child(int fd)
{
	struct later l;

	if (pfq_read(q, recs, 10) != 1 || fake_seq(recs[0]) != 1)
		return 1;
	if (pfq_read(q, recs, 10) || fake_is_readable(fd, 0))
		return 2;
	later(&l, 10, act_put_2);
	if (!fake_is_readable(fd, 5000))
		return 3;
	later_done(&l);
	if (pfq_wait(q, -1, 1000) != 1 || pfq_read(q, recs, 10) != 1)
		return 4;
	if (pfq_filter_set(q, NULL, 0, NULL, NULL))
		return 5;
	return 0;
}

static void forked(void **state)
{
	int fd, status;
	pid_t pid;

	(void)state;
	join(2);
	fake_watermark(f, 0, PFQ_LANE_UNFED);
	fake_watermark(f, 1, PFQ_LANE_UNFED);
	fd = pfq_fd(q);
	fake_put(f, 0, 1, 1);
	pid = fork();
	if (!pid)
		_exit(child(fd));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* --- races ----------------------------------------------------------------------------------- */

#define RACE_RECORDS	20000

static atomic_bool race_failed;

/*
 * The next record is published just when the one before has been given back:
 * that is while the consumer goes to sleep. A ring that is lost then has none
 * after it.
 */
static void *race_producer(void *arg)
{
	struct pfq_producer *p = &f->producer[0];
	unsigned int seed = 3, i, spin;

	(void)arg;
	for (i = 0; i < RACE_RECORDS && !race_failed; i++) {
		while (pfq_ring_unread(p) && !race_failed)
			sched_yield();
		for (spin = (unsigned int)rand_r(&seed) % 1500; spin; spin--)
			__asm__ volatile("" ::: "memory");
		fake_put(f, 0, i, i);
	}
	return NULL;
}

static void no_ring_is_lost(void **state)
{
	unsigned int seen, way;
	pthread_t thread;
	int n, fd = -1;

	for (way = 0; way < 2; way++) {
		join(1);
		seen = 0;
		race_failed = false;
		if (way)
			fd = pfq_fd(q);
		assert_int_equal(pthread_create(&thread, NULL, race_producer, NULL), 0);
		while (seen < RACE_RECORDS && !race_failed) {
			n = pfq_read(q, recs, 4);
			seen += n > 0 ? (unsigned int)n : 0;
			if (n)
				race_failed = n < 0;
			else if (way ? !fake_is_readable(fd, 5000) : pfq_wait(q, -1, 5000) != 1)
				race_failed = true;
		}
		pthread_join(thread, NULL);
		if (race_failed)
			fail_msg("way %u: nobody rang after record %u", way, seen);
		leave(state);
	}
}

/* asleep is asleep: no clock ticks for an endpoint that nothing comes to */
static void idle_costs_nothing(void **state)
{
	struct rusage a, b;
	int fd;

	(void)state;
	join(4);
	fd = pfq_fd(q);
	assert_int_equal(pfq_read(q, recs, 10), 0);
	getrusage(RUSAGE_THREAD, &a);
	assert_int_equal(by_poll(fd, 300), 0);
	assert_int_equal(pfq_wait(q, -1, 300), 0);
	getrusage(RUSAGE_THREAD, &b);
	assert_in_range(b.ru_nvcsw - a.ru_nvcsw, 0, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(wait_times_out, leave),
		cmocka_unit_test_teardown(wait_is_rung, leave),
		cmocka_unit_test_teardown(wait_looks_first, leave),
		cmocka_unit_test_teardown(wait_extra_fd, leave),
		cmocka_unit_test_teardown(wait_is_interrupted, leave),
		cmocka_unit_test(wait_for_watermark),
		cmocka_unit_test_teardown(wait_gives_up_on_a_lane, leave),
		cmocka_unit_test_teardown(policy_threshold, leave),
		cmocka_unit_test_teardown(policy_delay, leave),
		cmocka_unit_test_teardown(policy_engine_timer, leave),
		cmocka_unit_test_teardown(stale_bytes, leave),
		cmocka_unit_test(fd_readable),
		cmocka_unit_test_teardown(fd_on_a_full_ring, leave),
		cmocka_unit_test_teardown(fd_waits_for_watermark, leave),
		cmocka_unit_test_teardown(fd_obeys_policy, leave),
		cmocka_unit_test_teardown(fd_and_wait, leave),
		cmocka_unit_test_teardown(gone_while_waiting, leave),
		cmocka_unit_test(gone_with_records_left),
		cmocka_unit_test_teardown(gone_by_fd, leave),
		cmocka_unit_test_teardown(gone_after_a_ring, leave),
		cmocka_unit_test_teardown(forked, leave),
		cmocka_unit_test(no_ring_is_lost),
		cmocka_unit_test_teardown(idle_costs_nothing, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
