/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests that a program is refused with its reason, and what it takes over from the one before. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lang/compile.h"
#include "pfqd/settings/settings.h"
#include "tests/unit/fixture/check.h"

#define LANES	3
#define SEED	5

/* The program of @text. */
static struct program *of(const char *text)
{
	struct program *p = NULL;
	struct pfq_lang *lang;
	struct pfq_error err;

	assert_int_equal(pfq_lang_compile(&lang, text, strlen(text)), 0);
	assert_int_equal(program_from_wire(&p, lang->bytes, lang->size, text, &err), 0);
	pfq_lang_free(lang);
	return p;
}

/* A program that copies, and has a table of @size flows. Its text is another one. */
static struct program *with_flows(uint32_t size)
{
	struct {
		struct pfq_lang_hdr hdr;
		struct pfq_lang_step step;
		struct pfq_lang_object flows;
	} wire = {
		{ PFQ_LANG_MAGIC, PFQ_LANG_VERSION, 1, 1, 0, 0 },
		{ .symbol = PFQ_LANG_COPY, .yes = PFQ_LANG_END, .no = PFQ_LANG_END },
		{ .kind = PFQ_LANG_KIND_FLOWS, .size = size, .arg = { 1000000000 } },
	};
	struct program *p = NULL;
	struct pfq_error err;

	assert_int_equal(program_from_wire(&p, &wire, sizeof(wire), "copy", &err), 0);
	return p;
}

static struct pfq_object *counter(const struct program *p, unsigned int i)
{
	return program_object(p, PFQ_LANG_KIND_COUNTER, i);
}

static void test_refused(void **state)
{
	struct program *p = of("is_udp >-> steer_flow"), *q = NULL;
	struct pfq_lang_step step;
	struct pfq_error err;

	(void)state;
	memcpy(&step, (char *)p->wire + sizeof(struct pfq_lang_hdr), sizeof(step));
	/* a step that leads to itself */
	step.yes = 0;
	memcpy((char *)p->wire + sizeof(struct pfq_lang_hdr), &step, sizeof(step));
	assert_int_equal(program_from_wire(&q, p->wire, p->wire_bytes, "", &err), -EINVAL);
	assert_string_equal(err.text, "program: step 0: a target is no later step, no end and no "
			    "drop");
	step.symbol = 0xfff0;
	memcpy((char *)p->wire + sizeof(struct pfq_lang_hdr), &step, sizeof(step));
	assert_int_equal(program_from_wire(&q, p->wire, p->wire_bytes, "", &err), -EOPNOTSUPP);
	assert_string_equal(err.text, "program: step 0: this engine does not know the symbol");
	assert_int_equal(program_from_wire(&q, "", 0, "", &err), -EINVAL);
	assert_null(q);
	program_put(p);
}

/* A long text is cut, and the program is whole. */
static void test_text(void **state)
{
	char text[5000];
	struct program *p;

	(void)state;
	memset(text, ' ', sizeof(text));
	strcpy(text + sizeof(text) - 11, "steer_flow");
	p = of(text);
	assert_int_equal(strlen(p->text), 4095);
	assert_int_equal(program_load(p, NULL, LANES, SEED), 0);
	assert_true(pfq_program_is_flow(p->core));
	program_put(p);
}

static void test_bytes(void **state)
{
	struct program *policy = program_usual(), *p = of("count a >-> steer_flow");
	struct program *q = of("count a >-> count b >-> steer_flow");
	uint64_t bytes, more;

	(void)state;
	assert_int_equal(program_bytes(policy, LANES, &bytes), 0);
	assert_int_equal(bytes, 0);
	assert_int_equal(program_bytes(p, LANES, &bytes), 0);
	assert_true(bytes >= sizeof(struct pfq_object) + LANES * sizeof(struct pfq_count));
	assert_int_equal(program_bytes(q, LANES, &more), 0);
	assert_true(more > bytes);
	program_put(policy);
	program_put(p);
	program_put(q);
}

/* Counters of the same name go on, and all others begin at 0. */
static void test_counters(void **state)
{
	struct program *p = of("count a >-> count b >-> steer_flow");
	struct program *q = of("count c >-> count b >-> copy");
	struct pfq_object *b;

	(void)state;
	assert_int_equal(program_load(p, NULL, LANES, SEED), 0);
	assert_int_equal(program_load(p, q, LANES, SEED), 0);
	b = counter(p, 1);
	assert_string_equal(counter(p, 0)->name, "a");
	assert_string_equal(b->name, "b");
	assert_null(counter(p, 2));
	assert_null(program_object(p, PFQ_LANG_KIND_DEVICE, 0));
	b->count[LANES - 1].packets = 7;
	assert_int_equal(program_load(q, p, LANES, SEED), 0);
	assert_ptr_equal(counter(q, 1), b);
	assert_int_equal(b->users, 2);
	assert_string_equal(counter(q, 0)->name, "c");
	assert_int_equal(pfq_object_count(counter(q, 0)).packets, 0);
	program_put(p);
	assert_int_equal(b->users, 1);
	assert_int_equal(pfq_object_count(b).packets, 7);
	program_put(q);
}

/* A large object is zeroed memory, too; it goes on in a program with the same one. */
static void test_tables(void **state)
{
	static const uint32_t sizes[] = { 1, 1000, 64 << 10, 1 << 20 };
	struct program *p, *q, *other;
	struct pfq_object *o;
	unsigned char *table;
	uint64_t bytes, k;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		p = with_flows(sizes[i]);
		q = with_flows(sizes[i]);
		other = with_flows(sizes[i] + 1);
		assert_int_equal(program_bytes(p, LANES, &bytes), 0);
		assert_int_equal(program_load(p, NULL, LANES, SEED), 0);
		o = program_object(p, PFQ_LANG_KIND_FLOWS, 0);
		assert_int_equal((uintptr_t)o % 64, 0);
		assert_true(o->bytes < bytes && o->bytes >= 16 * sizes[i]);
		/* behind the table's own header */
		table = (unsigned char *)o + sizeof(*o) + 64;
		for (k = 0; k < o->bytes - sizeof(*o) - 64; k += 1000)
			assert_int_equal(table[k], 0);
		table[k - 1000] = 9;
		assert_int_equal(program_load(q, p, LANES, SEED), 0);
		assert_int_equal(program_load(other, p, LANES, SEED), 0);
		assert_ptr_equal(program_object(q, PFQ_LANG_KIND_FLOWS, 0), o);
		assert_ptr_not_equal(program_object(other, PFQ_LANG_KIND_FLOWS, 0), o);
		program_put(p);
		program_put(other);
		assert_int_equal(table[k - 1000], 9);
		program_put(q);
	}
}

/* A program that has not been loaded gives nothing to the next one. */
static void test_not_loaded(void **state)
{
	struct program *p = of("count a"), *q = of("count a"), *policy = program_usual();

	(void)state;
	assert_int_equal(program_load(q, p, LANES, SEED), 0);
	assert_int_equal(counter(q, 0)->users, 1);
	program_put(p);
	p = of("count a");
	assert_int_equal(program_load(p, policy, LANES, SEED), 0);
	assert_ptr_not_equal(counter(p, 0), counter(q, 0));
	program_put(p);
	program_put(q);
	program_put(policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_counters),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_not_loaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
