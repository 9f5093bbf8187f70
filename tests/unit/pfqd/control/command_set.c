/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* SET_CHANGE and SET_GET: what they do, and what they refuse. */
#include "config.h"

#include <errno.h>
#include <linux/netlink.h>

#include "core/live.h"
#include "core/set.h"
#include "lang/compile.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/pfqd_world.h"

#define TEXT	"set bad addr size=100 timeout=60s set ports port set few mac size=1 " \
		"in has_addr bad or has_port ports or has_mac few"

/* A group with the program TEXT, whose sets uid 1 may change. */
static struct pfqd_group *group_with_sets(void)
{
	struct pfqd_group *g = world_group("ids", "va", "copy", "1:1 0660");
	struct program *old = program_get(g->settings.program);
	struct pfq_lang *lang;
	struct pfq_error err;

	assert_int_equal(pfq_lang_compile(&lang, TEXT, strlen(TEXT)), 0);
	assert_int_equal(group_settings_wire(&g->settings, lang->bytes, lang->size, TEXT, &err), 0);
	assert_int_equal(program_load(g->settings.program, old, g->lanes, g->seed), 0);
	program_put(old);
	pfq_lang_free(lang);
	return g;
}

static struct pfq_lang_prefix ip4(uint8_t last, uint8_t plen)
{
	return (struct pfq_lang_prefix){ .family = 4, .plen = plen,
					 .addr = { 10, 0, 0, last } };
}

/* Returns the answer's error. */
static int change(struct client *c, const char *set, uint32_t op, const void *entries,
		  uint32_t bytes, uint32_t count)
{
	client_begin(c, PFQ_CMD_SET_CHANGE, 0);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, "ids");
	pfq_msg_put_string(&c->out, PFQ_A_SET, set);
	pfq_msg_put_u32(&c->out, PFQ_A_SET_OP, op);
	if (entries) {
		pfq_msg_put_u32(&c->out, PFQ_A_ENTRY_BYTES, bytes);
		pfq_msg_put_binary(&c->out, PFQ_A_ENTRIES, entries, (size_t)bytes * count);
	}
	return client_ask(c);
}

static uint32_t answer(const struct client *c, enum pfq_attr attr)
{
	return pfq_attrs_u32(&c->msg.attrs, attr);
}

/* Ask for the set. Returns the number of messages, or the error; *entries: how many there are. */
static int list(struct client *c, const char *set, size_t *entries)
{
	int messages = 0, ret;
	size_t bytes;

	*entries = 0;
	client_begin(c, PFQ_CMD_SET_GET, NLM_F_DUMP);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, "ids");
	pfq_msg_put_string(&c->out, PFQ_A_SET, set);
	client_send(c);
	for (;;) {
		ret = client_answer(c);
		if (ret || c->msg.type == NLMSG_DONE)
			return ret ? ret : messages;
		assert_int_equal(c->msg.cmd, PFQ_CMD_SET_GET);
		bytes = 0;
		pfq_attrs_binary(&c->msg.attrs, PFQ_A_ENTRIES, &bytes);
		*entries += bytes / answer(c, PFQ_A_ENTRY_BYTES);
		messages++;
	}
}

/* --- tests ------------------------------------------------------------------------------ */

static void test_changes(void **state)
{
	struct pfq_lang_prefix in[] = { ip4(1, 32), ip4(2, 32), ip4(9, 32) };
	struct pfqd_group *g = group_with_sets();
	struct client *c = client_hello(1, 1);
	const struct pfq_set *t = pfq_object_set(program_set(g->settings.program, "bad"));
	struct pfq_set_key key = pfq_set_key_addr(4, in[1].addr, 32);
	uint64_t now_ns = 1;
	size_t n;

	(void)state;
	assert_int_equal(change(c, "bad", PFQ_LANG_SET_ADD, in, sizeof(in[0]), 2), 0);
	assert_int_equal(answer(c, PFQ_A_SET_SIZE), 100);
	assert_false(pfq_attrs_has(&c->msg.attrs, PFQ_A_FAULT));
	assert_true(pfq_set_has(t, &key, now_ns));
	assert_int_equal(list(c, "bad", &n), 1);
	assert_int_equal(n, 2);
	assert_int_equal(change(c, "bad", PFQ_LANG_SET_DEL, in + 1, sizeof(in[0]), 2), 0);
	assert_int_equal(answer(c, PFQ_A_MISSING), 1);
	assert_false(pfq_set_has(t, &key, now_ns));
	assert_int_equal(change(c, "bad", PFQ_LANG_SET_FLUSH, NULL, 0, 0), 0);
	/* an empty set answers with one message, which says of what it is */
	assert_int_equal(list(c, "bad", &n), 1);
	assert_int_equal(n, 0);
	client_free(c);
}

static void test_faults(void **state)
{
	struct pfq_lang_prefix in[9];
	struct client *c;
	const uint8_t *lengths;
	size_t n;
	uint8_t i;

	(void)state;
	group_with_sets();
	c = client_hello(0, 0);
	for (i = 0; i < 9; i++)
		in[i] = ip4(i, 32);
	in[3].plen = 33;
	/* one that is malformed: none is taken */
	assert_int_equal(change(c, "bad", PFQ_LANG_SET_ADD, in, sizeof(in[0]), 9), 0);
	assert_int_equal(answer(c, PFQ_A_FAULT), PFQ_LANG_REASON_PREFIX);
	assert_int_equal(answer(c, PFQ_A_AT), 3);
	list(c, "bad", &n);
	assert_int_equal(n, 0);
	/* no room: the smallest set has four places */
	for (i = 0; i < 5; i++)
		in[i] = (struct pfq_lang_prefix){ .family = PFQ_LANG_FAMILY_MAC, .plen = 48,
						  .addr = { 2, i } };
	assert_int_equal(change(c, "few", PFQ_LANG_SET_ADD, in, sizeof(in[0]), 5), 0);
	assert_int_equal(answer(c, PFQ_A_FAULT), PFQ_LANG_REASON_FULL);
	assert_int_equal(answer(c, PFQ_A_AT), 4);
	assert_int_equal(answer(c, PFQ_A_SET_SIZE), 1);
	/* a ninth length */
	for (i = 0; i < 9; i++)
		in[i] = (struct pfq_lang_prefix){ .family = 4, .plen = (uint8_t)(i + 1) };
	assert_int_equal(change(c, "bad", PFQ_LANG_SET_ADD, in, sizeof(in[0]), 9), 0);
	assert_int_equal(answer(c, PFQ_A_FAULT), PFQ_LANG_REASON_LENGTHS);
	assert_int_equal(answer(c, PFQ_A_AT), 8);
	lengths = pfq_attrs_binary(&c->msg.attrs, PFQ_A_LENGTHS, &n);
	assert_int_equal(n, 8);
	for (i = 0; i < 8; i++)
		assert_int_equal(lengths[i], i + 1);
	client_free(c);
}

static void test_refusals(void **state)
{
	static const struct pfq_lang_range range = { 53, 53 };
	struct pfq_lang_prefix in = ip4(1, 32);
	struct client *c, *other;
	size_t n;

	(void)state;
	group_with_sets();
	c = client_hello(1, 1);
	assert_int_equal(change(c, "bda", PFQ_LANG_SET_ADD, &in, sizeof(in), 1), -ENOENT);
	assert_string_equal(c->msg.text,
			    "the program of group \"ids\" has no set \"bda\"; it has: bad, few, "
			    "ports");
	assert_int_equal(change(c, "bad", PFQ_LANG_SET_ADD, &range, sizeof(range), 1), -EINVAL);
	assert_string_equal(c->msg.text, "set \"bad\" holds addresses (10.0.0.0/8); the entries "
			    "of the request are of another type");
	assert_int_equal(change(c, "bad", 3, &in, sizeof(in), 1), -EINVAL);
	assert_string_equal(c->msg.text, "SET_OP 3; allowed: 0 add, 1 del, 2 flush");
	client_begin(c, PFQ_CMD_SET_CHANGE, 0);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, "ids");
	pfq_msg_put_string(&c->out, PFQ_A_SET, "bad");
	pfq_msg_put_u32(&c->out, PFQ_A_SET_OP, 0);
	pfq_msg_put_u32(&c->out, PFQ_A_ENTRY_BYTES, sizeof(in));
	pfq_msg_put_binary(&c->out, PFQ_A_ENTRIES, &in, sizeof(in) - 1);
	assert_int_equal(client_ask(c), -EINVAL);
	assert_string_equal(c->msg.text, "ENTRIES: 23 bytes; allowed: entries of 24 bytes");
	assert_int_equal(change(c, "ports", PFQ_LANG_SET_ADD, &range, sizeof(range), 1), 0);
	other = client_hello(2, 2);
	assert_int_equal(change(other, "bad", PFQ_LANG_SET_ADD, &in, sizeof(in), 1), -EACCES);
	assert_non_null(strstr(other->msg.text, "must give w to uid 2"));
	assert_int_equal(list(other, "bad", &n), -EACCES);
	client_free(other);
	client_free(c);
}

/* More entries than a message has room for */
static void test_long_list(void **state)
{
	static struct pfq_lang_range in[15000];
	struct client *c;
	size_t n;
	uint32_t i;

	(void)state;
	group_with_sets();
	c = client_hello(0, 0);
	for (i = 0; i < 15000; i++)
		in[i] = (struct pfq_lang_range){ (uint16_t)(4 * i), (uint16_t)(4 * i + 1) };
	assert_int_equal(change(c, "ports", PFQ_LANG_SET_ADD, in, sizeof(in[0]), 15000), 0);
	assert_int_equal(list(c, "ports", &n), 2);
	assert_int_equal(n, 15000);
	client_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_changes, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(test_faults, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(test_refusals, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(test_long_list, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
