/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests ingest "packet": a new socket replaces one that still has packets. */
#include "config.h"

#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/fixture/ingest_device.h"

/* each test runs with both drivers */
static const char *const kinds[] = { "packet", "packet, immediate" };
static const char *kind;

#define FIRST	100	/* read before the replacement */
#define UNREAD	120
#define LAST	200	/* sent after it */

static void open_instead(struct source *s, struct source *before)
{
	struct ingest_params params = {
		.device = "va", .ifindex = if_nametoindex("va"), .parts = before->lanes,
		.instead = before->in, .fanout_id = next_id++,
	};
	struct pfq_error err;

	s->driver = before->driver;
	s->lanes = before->lanes;
	for (params.part = 0; params.part < params.parts; params.part++) {
		if (s->driver->open(&s->in[params.part], &params, &err))
			fail_msg("%s", err.text);
	}
}

/* Each packet is in one of the two, earlier ones in the old socket. Unread ones are counted. */
static void replaced(uint32_t lanes)
{
	struct source *before, *after = calloc(1, sizeof(*after));
	struct tally of_before, of_after;
	uint64_t watermark_ns;

	net_veth(1);
	tally_init(&of_before, LAST);
	tally_init(&of_after, LAST);
	before = source_open_by(kind, "va", lanes, NULL);
	send_some(0, FIRST);
	source_drain(before, tally_view, &of_before);
	send_some(FIRST, UNREAD - FIRST);
	assert_int_equal(source_count(before, PFQ_INGEST_drop_socket), 0);
	open_instead(after, before);
	watermark_ns = before->driver->watermark(before->in[0]);
	send_some(UNREAD, LAST - UNREAD);
	usleep(10000);
	assert_int_equal(before->driver->watermark(before->in[0]), watermark_ns);
	assert_true(after->driver->watermark(after->in[0]) > watermark_ns);
	assert_int_equal(source_count(before, PFQ_INGEST_drop_socket), UNREAD - FIRST);
	source_drain(before, tally_view, &of_before);
	assert_int_equal(source_count(before, PFQ_INGEST_drop_socket), 0);
	source_drain(after, tally_view, &of_after);
	assert_int_equal(of_before.total, UNREAD);
	tally_check(&of_before, 0, UNREAD);
	assert_int_equal(of_after.total, LAST - UNREAD);
	tally_check(&of_after, UNREAD, LAST);
	source_close(before);
	source_close(after);
	net_veth_del();
	free(of_before.count);
	free(of_after.count);
}

static void test_replaced(void **state)
{
	(void)state;
	for (uint32_t lanes = 1; lanes <= 3; lanes++)
		replaced(lanes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replaced),
	};
	int ret = net_enter();

	for (unsigned int i = 0; !ret && i < ARRAY_SIZE(kinds); i++) {
		kind = kinds[i];
		ret = cmocka_run_group_tests_name(kind, tests, NULL, NULL);
	}
	return ret;
}
