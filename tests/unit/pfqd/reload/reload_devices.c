/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests which sources of packets a group keeps when its settings change. */
#include "config.h"

#include <errno.h>

#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/ingest_replay.h"
#include "tests/unit/fixture/reload_world.h"

static int setup(void **state)
{
	return reload_setup(&(struct reload_kernel){ .arg = NULL }, state);
}

/* A device that a program has bound stays until the last member has left. */
static void test_bound_by_program(void **state)
{
	struct client *c = client_hello(0, 0);

	(void)state;
	RIGHT(again("[group a]\ndevice = absent\n"));
	assert_int_equal(client_join(c, "a", "lo"), 0);
	RIGHT(edit(CONF_EDIT_SET, "a", "device = other"));
	assert_int_equal(group("a")->feeds, 2);
	assert_true(group("a")->feed[1].is_transient);
	RIGHT(edit(CONF_EDIT_SET, "a", "device += lo"));
	assert_int_equal(group("a")->feeds, 2);
	assert_false(group("a")->feed[1].is_transient);
	client_free(c);
	world_until(!group("a")->members);
	assert_int_equal(group("a")->feeds, 2);
}

/* So do those of a program that has made the group. A change that would drop them is refused. */
static void test_program_keeps_devices(void **state)
{
	struct client *c = client_hello(0, 0);
	char text[512];

	replay_setup(state);
	write_plain("file", 1, SECOND);
	world_veth();
	assert_int_equal(client_join(c, "made", "lo,va"), 0);
	RIGHT(again("[group made]\ndevice = va\nsteer = copy\n"));
	assert_int_equal(group("made")->feeds, 2);
	assert_false(group("made")->feed[0].is_transient);
	assert_string_equal(group("made")->feed[1].source->binding.device, "lo");
	assert_true(group("made")->feed[1].is_transient);
	assert_int_equal(edit(CONF_EDIT_SET, "made", "device = lo/0"), -EINVAL);
	check_text(err.text, "group made: group made has lo/0 bound already");
	snprintf(text, sizeof(text), "[group made]\ningest = file:%s\n", path_of("file"));
	assert_int_equal(again(text), -EINVAL);
	check_text(err.text, "group made: a program has bound lo to it");
	assert_int_equal(group("made")->feeds, 2);
	client_free(c);
	world_until(!group("made")->members);
	assert_int_equal(group("made")->feeds, 1);
	RIGHT(again(text));
	assert_true(source_is_file(group("made")->feed[0].source));
	net_veth_del();
	replay_teardown(state);
}

static void join_immediate(struct client *c)
{
	client_begin(c, PFQ_CMD_JOIN, 0);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, "a");
	pfq_msg_put_u64(&c->out, PFQ_A_RING_BYTES, 1 << 20);
	pfq_msg_put_u32(&c->out, PFQ_A_IMMEDIATE, 1);
	assert_int_equal(client_ask(c), 0);
}

/* The group changes from @old to @coming, or has done so on a slow machine. */
static void check_handover(const struct group_feed *feed, const struct source *old,
			   const struct source *coming)
{
	if (feed->coming) {
		assert_ptr_equal(feed->source, old);
		assert_ptr_equal(feed->coming, coming);
		assert_int_equal(old->refs, 1);
		assert_int_equal(old->leaving, 0);
	} else {
		assert_ptr_equal(feed->source, coming);
	}
	assert_int_equal(coming->refs, 1);
	assert_int_equal(coming->leaving, 0);
}

/* A group in immediate mode, or on its way there, keeps its sources. */
static void test_immediate(void **state)
{
	struct client *c = client_hello(0, 0), *d = client_hello(0, 0);
	struct source *old, *coming;
	struct group_feed *feed;
	struct pfqd_group *a;

	(void)state;
	RIGHT(again("[group a]\ndevice = lo\n"));
	a = group("a");
	feed = &a->feed[0];
	assert_int_equal(client_join(c, "a", NULL), 0);
	join_immediate(d);
	old = feed->source;
	coming = feed->coming;
	assert_non_null(coming);
	RIGHT(edit(CONF_EDIT_SET, "a", "filter = udp"));
	assert_int_equal(edit(CONF_EDIT_SET, "a", "device += lo/0"), -EINVAL);
	check_handover(feed, old, coming);
	world_until(!feed->coming && a->handover.state == HANDOVER_NONE);
	assert_ptr_equal(feed->source, coming);
	RIGHT(edit(CONF_EDIT_SET, "a", "filter = tcp"));
	assert_ptr_equal(feed->source, coming);
	assert_true(a->is_immediate);
	/* the driver for immediate mode has no hash of the device: a handover under traffic */
	RIGHT(edit(CONF_EDIT_SET, "a", "steer = rss"));
	world_until(feed->source->driver == a->settings.driver);
	assert_true(feed->source->with_rxhash);
	RIGHT(edit(CONF_EDIT_SET, "a", "steer = flow"));
	world_until(feed->source->driver == a->settings.driver->immediate);
	RIGHT(edit(CONF_EDIT_DEL, "a", NULL));
	assert_int_equal(world.registry->sources.count, 0);
	client_free(c);
	client_free(d);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, reload_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_bound_by_program),
		TEST(test_program_keeps_devices),
		TEST(test_immediate),
	};
	int ret = net_enter();

	if (ret)
		return ret;
	net_run("ip link set lo up");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
