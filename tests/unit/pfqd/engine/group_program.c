/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests programs of groups: which devices their names mean, and JOINs that make such groups. */
#include "config.h"

#include <errno.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "lang/compile.h"
#include "pfqd/base/error.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/pfqd_world.h"

static uint32_t device(const struct pfqd_group *g, unsigned int i)
{
	return program_object(g->settings.program, PFQ_LANG_KIND_DEVICE, i)->ifindex;
}

/* A name of a program means the device that is bound by it, under any name, or has it. */
static void names_mean_bound_devices(void **state)
{
	struct pfqd_group *g = world_group("g", "va", "copy", "root:root 0600");
	uint32_t va;

	(void)state;
	world_program(g, "conditional (from_device \"va\") (count a) (when (from_device \"other\") "
		"(count b)) >-> when (from_device \"vb\") drop");
	assert_int_equal(device(g, 0), 0);
	world_veth();
	va = if_nametoindex("va");
	world_until(device(g, 0) == va);
	assert_int_equal(device(g, 1), 0);
	/* vb is there, and not bound */
	assert_int_equal(device(g, 2), 0);
	net_run("ip link set va down && ip link set va name other && ip link set other up");
	world_until(device(g, 1) == va);
	assert_int_equal(device(g, 0), va);
	net_run("ip link del other");
	world_until(!device(g, 0) && !device(g, 1));
	world_veth();
	world_until(device(g, 0) == if_nametoindex("va"));
	net_veth_del();
}

/* Ask for a JOIN of "made" with a program, and a policy unless that is NULL. */
static int join(struct client *c, const struct pfq_lang *lang, const char *text, const char *steer)
{
	client_begin(c, PFQ_CMD_JOIN, 0);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, "made");
	pfq_msg_put_string(&c->out, PFQ_A_BINDINGS, "lo");
	pfq_msg_put_u64(&c->out, PFQ_A_RING_BYTES, 1 << 20);
	pfq_msg_put_binary(&c->out, PFQ_A_PROGRAM, lang->bytes, lang->size);
	pfq_msg_put_string(&c->out, PFQ_A_PROGRAM_TEXT, text);
	if (steer)
		pfq_msg_put_string(&c->out, PFQ_A_STEER, steer);
	return client_ask(c);
}

/* Check what a client is told about the group "made". */
static void check_shown(const char *text, const char *count)
{
	struct client *c = client_hello(0, 0);
	const struct nlattr *nest;
	char why[PFQ_MSG_TEXT_MAX + 1];
	struct pfq_attrs attrs;
	uint64_t values[2];

	client_begin(c, PFQ_CMD_GROUP_GET, NLM_F_DUMP);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, "made");
	client_send(c);
	assert_int_equal(client_answer(c), 0);
	assert_string_equal(pfq_attrs_string(&c->msg.attrs, PFQ_A_STEER), "lang");
	assert_string_equal(pfq_attrs_string(&c->msg.attrs, PFQ_A_PROGRAM_TEXT), text);
	nest = pfq_attrs_next(&c->msg.attrs, PFQ_A_COUNT, NULL);
	assert_non_null(nest);
	assert_int_equal(pfq_attrs_parse(&attrs, nest, why), 0);
	assert_string_equal(pfq_attrs_string(&attrs, PFQ_A_NAME), count);
	assert_int_equal(pfq_attrs_u64s(&attrs, PFQ_A_COUNTERS, values, 2), 2);
	assert_null(pfq_attrs_next(&c->msg.attrs, PFQ_A_COUNT, nest));
	client_free(c);
}

static void a_join_brings_a_program(void **state)
{
	static const char text[] = "count seen >-> steer_flow";
	struct pfq_lang *lang = world_compile(text);
	struct client *c = client_hello(0, 0);
	struct limits *limits = world.registry->limits;
	struct pfqd_group *g;
	uint64_t bytes;

	(void)state;
	assert_int_equal(join(c, lang, text, "flow"), -EINVAL);
	assert_string_equal(c->msg.text, "STEER and PROGRAM are both there; allowed: one of them");
	/* one byte of the header is wrong */
	((char *)lang->bytes)[0] ^= 1;
	assert_int_equal(join(c, lang, text, NULL), -EINVAL);
	assert_string_equal(c->msg.text, "program: this is no program of pfq-lang: it does not "
			    "begin with the magic number");
	assert_null(registry_group_find(world.registry, "made"));
	assert_int_equal(limits_used(limits, 0, LIMIT_RING_BYTES), 0);
	((char *)lang->bytes)[0] ^= 1;
	assert_int_equal(join(c, lang, text, NULL), 0);
	g = registry_group_find(world.registry, "made");
	assert_int_equal(program_bytes(g->settings.program, world.registry->lanes, &bytes), 0);
	assert_int_equal(g->program_bytes, bytes);
	assert_true(bytes > 0);
	assert_true(limits_used(limits, 0, LIMIT_RING_BYTES) > bytes);
	check_shown(text, "seen");
	/* the group ends with its member */
	client_free(c);
	world_until(!registry_group_find(world.registry, "made"));
	assert_int_equal(limits_used(limits, 0, LIMIT_RING_BYTES), 0);
	pfq_lang_free(lang);
}

/* The program may have a table of 1 << @log2 flows. Returns the answer to the JOIN. */
static int join_with_flows(struct client *c, unsigned int log2)
{
	struct {
		struct pfq_lang_hdr hdr;
		struct pfq_lang_step step;
		struct pfq_lang_object flows;
	} wire = {
		{ PFQ_LANG_MAGIC, PFQ_LANG_VERSION, 1, 1, 0, 0 },
		{ .symbol = PFQ_LANG_COPY, .yes = PFQ_LANG_END, .no = PFQ_LANG_END },
		{ .kind = PFQ_LANG_KIND_FLOWS, .size = 1U << log2, .arg = { 1000000000 } },
	};
	const struct pfq_lang lang = { .bytes = &wire, .size = sizeof(wire) };

	return join(c, &lang, "copy", NULL);
}

/* A group that a JOIN makes may have no larger program. */
static void a_large_program_is_refused(void **state)
{
	struct client *c = client_hello(0, 0);
	struct limits *limits = world.registry->limits;
	char text[200];

	(void)state;
	assert_int_equal(join_with_flows(c, 19), -EDQUOT);
	/* 2^20 places of 16 bytes, the two headers of the table, a step, and what holds them */
	snprintf(text, sizeof(text), "; allowed for a group that a program makes: %d; a group of "
		 "pfqd.conf may have more", 16 << 20);
	check_text(c->msg.text, "the program takes 16777");
	check_text(c->msg.text, text);
	assert_null(registry_group_find(world.registry, "made"));
	assert_int_equal(limits_used(limits, 0, LIMIT_RING_BYTES), 0);
	assert_int_equal(join_with_flows(c, 18), 0);
	assert_true(limits_used(limits, 0, LIMIT_RING_BYTES) > 8 << 20);
	client_free(c);
	world_until(!registry_group_find(world.registry, "made"));
	assert_int_equal(limits_used(limits, 0, LIMIT_RING_BYTES), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_mean_bound_devices, world_setup,
						world_teardown),
		cmocka_unit_test_setup_teardown(a_join_brings_a_program, world_setup,
						world_teardown),
		cmocka_unit_test_setup_teardown(a_large_program_is_refused, world_setup,
						world_teardown),
	};
	int ret = net_enter();

	if (ret)
		return ret;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
