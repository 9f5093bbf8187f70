/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the threads that make rings: order, turns, taking jobs back, the end, failures. */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/resource.h>
#include <unistd.h>

#include "pfqd/engine/maker.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/limit.h"

#define JOBS_MAX	64

struct try {
	struct maker_job job;		/* first, so that a job is a try */
	char name;
	sem_t *gate;			/* work waits for it; NULL: it does not */
	bool has_begun;
	unsigned int done;
	struct try *next;		/* added by done */
};

static struct loop *loop;
static struct maker *maker;
static pthread_t control;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char order[JOBS_MAX + 1];	/* the names in the order in which their work began */
static unsigned int working[4], working_max;	/* by uid, where a test counts */
/* static, so that a failed test can still open the gates and end the threads */
static sem_t gate[MAKER_THREADS];
static struct try hold[MAKER_THREADS], slow, behind, other, last;

static void work(struct maker_job *job)
{
	struct try *t = (struct try *)job;

	assert_false(pthread_equal(pthread_self(), control));
	pthread_mutex_lock(&lock);
	order[strlen(order)] = t->name;
	if (job->uid < 4 && ++working[job->uid] > working_max)
		working_max = working[job->uid];
	t->has_begun = true;
	pthread_mutex_unlock(&lock);
	if (t->gate)
		sem_wait(t->gate);
	pthread_mutex_lock(&lock);
	if (job->uid < 4)
		working[job->uid]--;
	pthread_mutex_unlock(&lock);
}

/* Jobs that run when the maker ends run on the control thread. */
static void work_anywhere(struct maker_job *job)
{
	((struct try *)job)->has_begun = true;
}

static void done(struct maker_job *job)
{
	struct try *t = (struct try *)job;

	assert_true(pthread_equal(pthread_self(), control));
	t->done++;
	if (t->next)
		maker_add(maker, &t->next->job);
}

static bool has_begun(const struct try *t)
{
	bool has;

	pthread_mutex_lock(&lock);
	has = t->has_begun;
	pthread_mutex_unlock(&lock);
	return has;
}

static void add(struct try *t, char name, uid_t uid, sem_t *at)
{
	*t = (struct try){ .job = { .uid = uid, .work = work, .done = done }, .name = name,
			   .gate = at };
	maker_add(maker, &t->job);
}

/* Let the loop run until @cond is true. */
#define until(cond)	limit_until_by((cond) || !run_loop(), 0, #cond)

static bool run_loop(void)
{
	loop_once(loop, 10);
	return true;
}

static int setup(void **state)
{
	struct pfq_error err;

	(void)state;
	control = pthread_self();
	memset(order, 0, sizeof(order));
	memset(working, 0, sizeof(working));
	working_max = 0;
	for (unsigned int i = 0; i < MAKER_THREADS; i++)
		sem_init(&gate[i], 0, 0);
	assert_int_equal(loop_create(&loop), 0);
	return maker_create(&maker, loop, &err);
}

static int teardown(void **state)
{
	(void)state;
	/* once for each job that may wait there */
	for (unsigned int i = 0; i < JOBS_MAX; i++)
		sem_post(&gate[i % MAKER_THREADS]);
	maker_destroy(maker);
	maker = NULL;
	loop_destroy(loop);
	return 0;
}

/* Jobs of one user run in order, and never two at a time. */
static void test_order_of_a_user(void **state)
{
	static struct try t[26];
	unsigned int i;

	(void)state;
	for (i = 0; i < 26; i++)
		add(&t[i], 'a' + i, 1, NULL);
	until(t[25].done);
	assert_string_equal(order, "abcdefghijklmnopqrstuvwxyz");
	assert_int_equal(working_max, 1);
	for (i = 0; i < 26; i++)
		assert_int_equal(t[i].done, 1);
}

/* While a job of one user takes long, another user's runs; further jobs of the first one wait. */
static void test_users_beside_each_other(void **state)
{
	(void)state;
	add(&slow, 's', 1, &gate[0]);
	add(&behind, 'b', 1, NULL);
	add(&other, 'o', 2, NULL);
	until(other.done);
	assert_false(has_begun(&behind));
	sem_post(&gate[0]);
	until(behind.done);
	assert_int_equal(slow.done, 1);
	assert_int_equal(working_max, 1);
}

/* Occupy all threads by users of their own. */
static void occupy(void)
{
	unsigned int i;

	for (i = 0; i < MAKER_THREADS; i++)
		add(&hold[i], '-', 100 + i, &gate[i]);
	for (i = 0; i < MAKER_THREADS; i++)
		until(has_begun(&hold[i]));
}

/* There are MAKER_THREADS threads, and users take turns on them. */
static void test_turns(void **state)
{
	static struct try t[5];
	unsigned int i;

	(void)state;
	occupy();
	add(&t[0], 'a', 1, NULL);
	add(&t[1], 'b', 1, NULL);
	add(&t[2], 'c', 1, NULL);
	add(&t[3], 'x', 2, NULL);
	add(&t[4], 'y', 2, NULL);
	loop_once(loop, 50);
	assert_false(has_begun(&t[0]));
	/* one thread alone */
	sem_post(&gate[0]);
	until(t[2].done && t[4].done);
	assert_string_equal(order + MAKER_THREADS, "axbyc");
	for (i = 1; i < MAKER_THREADS; i++)
		sem_post(&gate[i]);
	for (i = 0; i < MAKER_THREADS; i++)
		until(hold[i].done);
}

static void test_take_back(void **state)
{
	(void)state;
	add(&slow, 's', 1, &gate[0]);
	add(&behind, 'b', 1, NULL);
	add(&last, 'l', 1, NULL);
	until(has_begun(&slow));
	assert_false(maker_take_back(maker, &slow.job));
	assert_true(maker_take_back(maker, &behind.job));
	assert_false(maker_take_back(maker, &behind.job));
	sem_post(&gate[0]);
	until(last.done);
	assert_false(maker_take_back(maker, &last.job));
	assert_int_equal(behind.done, 0);
	assert_false(behind.has_begun);
	assert_string_equal(order, "sl");
}

/* done() can add a job, also the same one again. */
static void test_done_adds(void **state)
{
	static struct try first, second = {
		.job = { .uid = 1, .work = work, .done = done }, .name = '2',
	};

	(void)state;
	add(&first, '1', 1, NULL);
	first.next = &second;
	until(second.done);
	assert_string_equal(order, "12");
}

/* Several jobs have finished: each round of the loop calls done() of one, and serves others too. */
static void test_one_a_round(void **state)
{
	static struct try t[10];
	unsigned int i, done = 0;

	(void)state;
	for (i = 0; i < 10; i++)
		add(&t[i], '0' + i, 1, NULL);
	limit_until(has_begun(&t[9]), "the last job");
	assert_int_equal(loop_once(loop, 100), 1);
	assert_int_equal(loop_once(loop, 100), 1);
	for (i = 0; i < 10; i++)
		done += t[i].done;
	assert_int_equal(done, 2);
	until(t[9].done);
}

/* The end waits for all jobs, and for those that their done() adds. */
static void test_end(void **state)
{
	static struct try t[10], late = {
		.job = { .uid = 3, .work = work_anywhere, .done = done },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < 10; i++)
		add(&t[i], '0' + i, 1 + i % 2, NULL);
	t[9].next = &late;
	maker_destroy(maker);
	maker = NULL;
	for (i = 0; i < 10; i++)
		assert_int_equal(t[i].done, 1);
	assert_true(late.has_begun);
	assert_int_equal(late.done, 1);
}

/* --- failures ------------------------------------------------------------------ */

static int creates, fails_at;	/* calls of pthread_create(), and which of them fails */

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *),
			  void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *),
			  void *arg);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *),
			  void *arg)
{
	return ++creates == fails_at ? EAGAIN : __real_pthread_create(thread, attr, fn, arg);
}

static void test_no_thread(void **state)
{
	struct maker *none = NULL;
	struct pfq_error err;

	(void)state;
	creates = 0;
	fails_at = 3;
	assert_int_equal(maker_create(&none, loop, &err), -EAGAIN);
	fails_at = 0;
	assert_int_equal(creates, 3);
	assert_null(none);
	check_text(err.text, "threads for rings: TasksMax=");
}

static void test_no_descriptor(void **state)
{
	struct maker *none = NULL;
	struct rlimit old, few;
	struct pfq_error err;
	int ret;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	ret = maker_create(&none, loop, &err);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(ret, -EMFILE);
	check_text(err.text, "LimitNOFILE");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_order_of_a_user),
		TEST(test_users_beside_each_other),
		TEST(test_turns),
		TEST(test_take_back),
		TEST(test_done_adds),
		TEST(test_one_a_round),
		TEST(test_end),
		TEST(test_no_thread),
		TEST(test_no_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
