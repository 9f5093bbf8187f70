/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the wait for a JOIN: it lasts as long as the engine says that it is at work. */
/* Alone: it measures how long a client waits. */
#include <errno.h>
#include <linux/netlink.h>
#include <unistd.h>
#include "lib/conn.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/lib_fake.h"

#define WAIT_MS		400
#define WORKS_MS	100

static struct pfq_error err;

/* Connect to an engine of this kind and JOIN, with a wait of WAIT_MS. Returns the result. */
static int join(struct fake_config config, uint64_t *took_ms)
{
	struct pfq_answer answer = { .fds_max = PFQ_MSG_FDS_MAX };
	struct pfq_msg_out o;
	struct pfq_conn c;
	struct fake *f;
	int ret;

	config.works_ms = WORKS_MS;
	f = fake_start(&config);
	assert_int_equal(pfq_conn_open(&c, "user", f->path, 0, &err), 0);
	*took_ms = fake_now_ns();
	pfq_msg_begin(&o, PFQ_CMD_JOIN, NLM_F_REQUEST, pfq_conn_seq(&c));
	pfq_msg_put_string(&o, PFQ_A_GROUP, "ids");
	ret = pfq_conn_request(&c, &o, PFQ_CMD_JOIN, &answer, WAIT_MS, &err);
	*took_ms = (fake_now_ns() - *took_ms) / 1000000;
	while (answer.fds)
		close(answer.fd[--answer.fds]);
	pfq_conn_close(&c);
	fake_stop(f);
	return ret;
}

static void waits_while_at_work(void **state)
{
	uint64_t ms;

	(void)state;
	assert_int_equal(join((struct fake_config){ .works = 10 }, &ms), 0);
	assert_in_range(ms, 10 * WORKS_MS, 5000);
}

static void gives_up_in_silence(void **state)
{
	uint64_t ms;

	(void)state;
	assert_int_equal(join((struct fake_config){ .join_is_mute = true }, &ms), -ETIMEDOUT);
	assert_in_range(ms, WAIT_MS - 10, 5000);
	check_text(err.text, "did not answer JOIN within 400 ms: process ");
}

/* The wait begins anew with the last message, and not later. */
static void gives_up_after_the_last_message(void **state)
{
	uint64_t ms;

	(void)state;
	assert_int_equal(join((struct fake_config){ .works = 3, .join_is_mute = true }, &ms),
			 -ETIMEDOUT);
	assert_in_range(ms, 3 * WORKS_MS + WAIT_MS - 10, 5000);
	check_text(err.text, "did not answer JOIN");
}

static void sees_the_end_at_once(void **state)
{
	uint64_t ms;

	(void)state;
	assert_int_equal(join((struct fake_config){ .works = 2, .join_closes = 1 }, &ms),
			 -EPIPE);
	assert_in_range(ms, 2 * WORKS_MS, 5000);
	check_text(err.text, "has closed the connection (JOIN)");
}

/* No request has the number of these messages, so that each one is dropped as a late answer. */
static void numbers_skip_it(void **state)
{
	struct pfq_conn c = { .seq = UINT32_MAX };

	(void)state;
	assert_int_equal(pfq_conn_seq(&c), 1);
	assert_int_equal(pfq_conn_seq(&c), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_while_at_work),
		cmocka_unit_test(gives_up_in_silence),
		cmocka_unit_test(gives_up_after_the_last_message),
		cmocka_unit_test(sees_the_end_at_once),
		cmocka_unit_test(numbers_skip_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
