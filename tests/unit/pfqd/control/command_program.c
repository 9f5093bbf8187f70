/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests what clients learn about a group's program. */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lang/compile.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/pfqd_world.h"

#define TEXT	"count all >-> when is_udp (count udp) >-> is_tcp >-> steer_flow"

static struct pfq_lang *compile(const char *text)
{
	struct pfq_lang *lang;

	assert_int_equal(pfq_lang_compile(&lang, text, strlen(text)), 0);
	return lang;
}

/* Let @g have the program of @text. */
static void program(struct pfqd_group *g, const char *text)
{
	struct pfq_lang *lang = compile(text);
	struct program *old = program_get(g->settings.program);
	struct pfq_error err;

	assert_int_equal(group_settings_wire(&g->settings, lang->bytes, lang->size, text, &err), 0);
	assert_int_equal(program_load(g->settings.program, old, g->lanes, g->seed), 0);
	program_put(old);
	pfq_lang_free(lang);
	group_changed(g);
	assert_int_equal(registry_update(world.registry, &err), 0);
}

static int ask(struct client *c, enum pfq_cmd cmd, const char *group)
{
	client_begin(c, cmd, 0);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, group);
	return client_ask(c);
}

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
	program(g, TEXT);
	assert_int_equal(ask(c, PFQ_CMD_PROGRAM_GET, "g"), 0);
	assert_string_equal(pfq_attrs_string(a, PFQ_A_STEER), "lang");
	lang = compile(pfq_attrs_string(a, PFQ_A_PROGRAM_TEXT));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_program_is_shown, world_setup, world_teardown),
	};
	int ret = net_enter();

	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
