/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Changes of live sets: what goes to the engine, and what its answers become. */
#include <errno.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/lib_fake.h"
#include "linux/pfq_control.h"

#define MANY	6000

static struct pfq_error err;
static struct pfq_entry addrs[MANY];

static void fill(void)
{
	unsigned int i;

	for (i = 0; i < MANY; i++)
		addrs[i] = (struct pfq_entry){
			.type = PFQ_ENTRY_ADDR, .family = 4, .plen = 32,
			.addr = { 10, 0, (uint8_t)(i >> 8), (uint8_t)i },
		};
}

static struct pfq_ctl *ctl_of(struct fake *f)
{
	struct pfq_ctl *ctl;

	assert_int_equal(pfq_ctl_open(&ctl, f->path, &err), 0);
	return ctl;
}

static void many_entries_take_several_requests(void **state)
{
	struct fake *f = fake_start(NULL);
	struct pfq_ctl *ctl = ctl_of(f);
	struct pfq_set_result result;
	unsigned int before = f->requests;

	(void)state;
	fill();
	assert_int_equal(pfq_ctl_set_change(ctl, "ids", "bad", PFQ_SET_ADD, addrs, MANY, &result,
					    &err), 0);
	assert_int_equal(result.taken, MANY);
	assert_int_equal(result.missing, 0);
	assert_int_equal(f->requests - before, 3);
	assert_int_equal(f->entries, MANY * sizeof(struct pfq_lang_prefix));
	assert_int_equal(pfq_ctl_set_change(ctl, "ids", "bad", PFQ_SET_DEL, addrs, MANY, &result,
					    &err), 0);
	assert_int_equal(result.missing, 9);
	f->entries = 0;
	/* nothing to do is no request; a flush has no entries */
	before = f->requests;
	assert_int_equal(pfq_ctl_set_change(ctl, "ids", "bad", PFQ_SET_ADD, NULL, 0, NULL, &err),
			 0);
	assert_int_equal(f->requests, before);
	assert_int_equal(pfq_ctl_set_change(ctl, "ids", "bad", PFQ_SET_FLUSH, addrs, 5, NULL, &err),
			 0);
	assert_int_equal(f->set_op, PFQ_LANG_SET_FLUSH);
	assert_int_equal(f->entries, 0);
	pfq_ctl_close(ctl);
	fake_stop(f);
}

static void each_type_has_its_form(void **state)
{
	static const struct {
		uint32_t type;
		size_t bytes;
	} rows[] = {
		{ PFQ_ENTRY_ADDR, 24 }, { PFQ_ENTRY_MAC, 24 }, { PFQ_ENTRY_FLOW, 44 },
		{ PFQ_ENTRY_NUMBER, 4 },
	};
	struct fake *f = fake_start(NULL);
	struct pfq_ctl *ctl = ctl_of(f);
	struct pfq_entry e[2];
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(e, 0, sizeof(e));
		e[0].type = rows[i].type;
		e[1].type = rows[i].type;
		f->entries = 0;
		assert_int_equal(pfq_ctl_set_change(ctl, "a", "b", PFQ_SET_ADD, e, 2, NULL, &err),
				 0);
		assert_int_equal(f->entries, 2 * rows[i].bytes);
	}
	/* types do not mix */
	e[1].type = PFQ_ENTRY_MAC;
	assert_int_equal(pfq_ctl_set_change(ctl, "a", "b", PFQ_SET_ADD, e, 2, NULL, &err), -EINVAL);
	assert_string_equal(err.text, "set a.b: entry 2: its type is not that of the entries "
			    "before it");
	e[0].type = 77;
	assert_int_equal(pfq_ctl_set_change(ctl, "a", "b", PFQ_SET_ADD, e, 1, NULL, &err), -EINVAL);
	assert_int_equal(pfq_ctl_set_change(ctl, "a", "b", 3, e, 1, NULL, &err), -EINVAL);
	assert_non_null(strstr(err.text, "operation 3"));
	pfq_ctl_close(ctl);
	fake_stop(f);
}

static void faults_become_errors(void **state)
{
	static const struct {
		uint32_t fault;
		int error;
		size_t taken;
		const char *text;
	} rows[] = {
		{ PFQ_LANG_REASON_FULL, -ENOSPC, 1,
		  "set ids.bad: entry 2: the set has no room for the entry; its size is 100" },
		{ PFQ_LANG_REASON_LENGTHS, -E2BIG, 1, "set ids.bad: entry 2: the set has prefixes "
		  "of 8 other lengths of this IP version: /8, /24" },
		{ PFQ_LANG_REASON_BUSY, -EAGAIN, 1, "set ids.bad: entry 2: programs learn at the "
		  "entry's place all the time; try again" },
		{ PFQ_LANG_REASON_TIMEOUT, -EINVAL, 0,
		  "set ids.bad: entry 2: the timeout is longer than 365 days" },
		{ 9999, -EINVAL, 0, "set ids.bad: entry 2: the engine refuses it" },
	};
	struct pfq_set_result result;
	struct fake_config config = { .lanes = 1 };
	struct pfq_ctl *ctl;
	struct fake *f;
	unsigned int i;

	(void)state;
	fill();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		config.set_fault = rows[i].fault;
		f = fake_start(&config);
		ctl = ctl_of(f);
		assert_int_equal(pfq_ctl_set_change(ctl, "ids", "bad", PFQ_SET_ADD, addrs, MANY,
						    &result, &err), rows[i].error);
		assert_string_equal(err.text, rows[i].text);
		assert_int_equal(result.taken, rows[i].taken);
		assert_int_equal(result.wrong, 1);
		pfq_ctl_close(ctl);
		fake_stop(f);
	}
}

/* A member changes the sets of its own group, while its engine is there. */
static void an_endpoint_changes_sets(void **state)
{
	struct fake *f = fake_start(NULL);
	struct pfq *q = fake_join(f, false);

	(void)state;
	fill();
	assert_int_equal(pfq_set_change(q, "bad", PFQ_SET_ADD, addrs, 3, NULL, &err), 0);
	assert_int_equal(f->entries, 3 * sizeof(struct pfq_lang_prefix));
	fake_die(f);
	assert_int_equal(pfq_set_change(q, "bad", PFQ_SET_ADD, addrs, 3, NULL, &err), -EPIPE);
	pfq_close(q);
	fake_stop(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_entries_take_several_requests),
		cmocka_unit_test(each_type_has_its_form),
		cmocka_unit_test(faults_become_errors),
		cmocka_unit_test(an_endpoint_changes_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
