/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests what clients learn about a group's program, and the counts of its steps' answers. */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lang/compile.h"
#include "pfqd/engine/profile.h"
#include "pfqd/engine/snapshot.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/pfqd_world.h"

#define TEXT	"count all >-> when is_udp (count udp) >-> is_tcp >-> steer_flow"
#define STEPS	5
#define PACKETS	100

static uint64_t times[2 * STEPS];

static int ask(struct client *c, enum pfq_cmd cmd, const char *group)
{
	client_begin(c, cmd, 0);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, group);
	return client_ask(c);
}

/* Begin to count; returns the error. */
static int begin(struct client *c, const char *group, uint32_t seconds)
{
	client_begin(c, PFQ_CMD_PROFILE_GET, 0);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, group);
	pfq_msg_put_u32(&c->out, PFQ_A_PROFILE, seconds);
	return client_ask(c);
}

/* Get times[]; returns the number of steps. */
static unsigned int steps(struct client *c)
{
	assert_int_equal(ask(c, PFQ_CMD_PROFILE_GET, "g"), 0);
	return pfq_attrs_u64s(&c->msg.attrs, PFQ_A_STEPS, times, 2 * STEPS) / 2;
}

/* The program that the workers run. */
static const struct pfq_program *runs(const struct pfqd_group *g)
{
	return g->snapshot->plan.group.program;
}

/* --- PROGRAM_GET ------------------------------------------------------------------- */

/* The text compiles to the bytes that run. */
static void a_program_is_shown(void **state)
{
	struct pfqd_group *g = world_group("g", "va", "to:3", "root:root 0600");
	struct client *c = client_hello(9, 9);
	const struct pfq_attrs *a = &c->msg.attrs;
	struct pfq_lang *lang;
	const void *wire;
	size_t bytes;

	(void)state;
	assert_int_equal(ask(c, PFQ_CMD_PROGRAM_GET, "g"), 0);
	assert_string_equal(pfq_attrs_string(a, PFQ_A_GROUP), "g");
	assert_string_equal(pfq_attrs_string(a, PFQ_A_STEER), "to:3");
	assert_false(pfq_attrs_has(a, PFQ_A_PROGRAM) || pfq_attrs_has(a, PFQ_A_PROGRAM_TEXT));
	world_program(g, TEXT);
	assert_int_equal(ask(c, PFQ_CMD_PROGRAM_GET, "g"), 0);
	assert_string_equal(pfq_attrs_string(a, PFQ_A_STEER), "lang");
	lang = world_compile(pfq_attrs_string(a, PFQ_A_PROGRAM_TEXT));
	wire = pfq_attrs_binary(a, PFQ_A_PROGRAM, &bytes);
	assert_int_equal(bytes, lang->size);
	assert_memory_equal(wire, lang->bytes, bytes);
	pfq_lang_free(lang);
	assert_int_equal(ask(c, PFQ_CMD_PROGRAM_GET, "none"), -ENOENT);
	assert_string_equal(c->msg.text, "no group \"none\" here");
	/* a private group has no name */
	assert_int_equal(ask(c, PFQ_CMD_PROGRAM_GET, ""), -ENOENT);
	client_free(c);
}

/* --- PROFILE_GET ------------------------------------------------------------------- */

static void send_udp(unsigned int packets)
{
	uint8_t frame[NET_PACKET_BYTES];
	int fd = net_sender("vb");
	unsigned int i;

	for (i = 0; i < packets; i++)
		net_send(fd, frame, net_packet(frame, i));
	close(fd);
}

static void answers_are_counted(void **state)
{
	struct pfqd_group *g;
	struct client *c = client_hello(0, 0);
	static const uint64_t want[2 * STEPS] = {
		0, PACKETS, 0, PACKETS, 0, PACKETS, PACKETS, 0, 0, 0,
	};

	(void)state;
	world_veth();
	g = world_group("g", "va", "flow", "root:root 0600");
	world_program(g, TEXT);
	assert_int_equal(steps(c), 0);
	assert_int_equal(begin(c, "g", 60), 0);
	assert_int_equal(pfq_attrs_u64s(&c->msg.attrs, PFQ_A_STEPS, times, 2 * STEPS), 2 * STEPS);
	send_udp(PACKETS);
	world_until(steps(c) == STEPS && times[6] == PACKETS);
	assert_memory_equal(times, want, sizeof(want));
	/* the program's own counters go on */
	assert_int_equal(pfq_object_count(program_object(g->settings.program,
							 PFQ_LANG_KIND_COUNTER, 0)).packets,
			 PACKETS);
	/* again from 0 */
	assert_int_equal(begin(c, "g", 60), 0);
	assert_int_equal(steps(c), STEPS);
	assert_int_equal(times[1], 0);
	client_free(c);
	net_veth_del();
}

/* A policy is one step, whose short way is not taken while it counts. */
static void a_policy_counts(void **state)
{
	struct pfqd_group *g;
	struct client *c = client_hello(0, 0);

	(void)state;
	world_veth();
	g = world_group("g", "va", "flow", "root:root 0600");
	assert_true(pfq_program_is_flow(runs(g)));
	assert_int_equal(begin(c, "g", 60), 0);
	assert_false(pfq_program_is_flow(runs(g)));
	assert_true(pfq_program_uses_flow(runs(g)) && pfq_program_has_shares(runs(g)));
	send_udp(PACKETS);
	world_until(steps(c) == 1 && times[1] == PACKETS);
	assert_int_equal(times[0], 0);
	client_free(c);
	world_until(pfq_program_is_flow(runs(g)));
	net_veth_del();
}

static void counting_ends(void **state)
{
	struct pfqd_group *g = world_group("g", "va", "flow", "root:root 0600");
	struct client *a = client_hello(0, 0), *b = client_hello(0, 0);

	(void)state;
	world_program(g, TEXT);
	assert_int_equal(begin(a, "g", 60), 0);
	assert_int_equal(begin(b, "g", 60), -EBUSY);
	check_text(b->msg.text, "group g: another client counts");
	assert_int_equal(steps(b), 0);
	assert_true(runs(g)->profile);

	/* with the client */
	client_free(a);
	world_until(!runs(g)->profile);
	assert_ptr_equal(runs(g), g->settings.program->core);
	assert_int_equal(g->settings.program->core->object[0]->users, 1);

	/* with the program, which another client may count then */
	a = client_hello(0, 0);
	assert_int_equal(begin(a, "g", 60), 0);
	world_program(g, TEXT);
	assert_false(runs(g)->profile);
	assert_int_equal(steps(a), 0);
	assert_int_equal(begin(b, "g", 60), 0);
	assert_int_equal(steps(b), STEPS);
	client_free(a);
	assert_int_equal(steps(b), STEPS);

	/* after its time */
	assert_int_equal(begin(b, "g", 1), 0);
	world_until(!runs(g)->profile);
	assert_int_equal(steps(b), 0);

	/* with the group */
	assert_int_equal(begin(b, "g", 60), 0);
	registry_group_remove(world.registry, g);
	registry_update_later(world.registry);
	assert_int_equal(ask(b, PFQ_CMD_PROFILE_GET, "g"), -ENOENT);
	client_free(b);
}

static void who_may_count(void **state)
{
	struct client *other = client_hello(9, 9), *writer = client_hello(8, 8);

	(void)state;
	world_group("g", "va", "flow", "8:8 0200");
	assert_int_equal(begin(other, "g", 10), -EACCES);
	check_text(other->msg.text, "group g: user 9 may not count");
	assert_int_equal(begin(writer, "g", 10), 0);
	assert_int_equal(begin(writer, "g", 0), -EINVAL);
	assert_string_equal(writer->msg.text, "PROFILE 0; allowed: 1 to 60 seconds");
	assert_int_equal(begin(writer, "g", 61), -EINVAL);
	assert_int_equal(steps(writer), 1);
	client_free(writer);
	client_free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_program_is_shown, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(answers_are_counted, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(a_policy_counts, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(counting_ends, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(who_may_count, world_setup, world_teardown),
	};
	int ret = net_enter();

	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
