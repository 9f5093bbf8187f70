/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Each limit: the last program within it, and the first one beyond */
#include <errno.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/compiled.h"
#include "lang/compile.h"
#include "lang/vocabulary.h"

static char text[2 * PFQ_LANG_TEXT_MAX + 1];
static char out[COMPILED_BYTES];

static void repeat(const char *begin, const char *part, unsigned int n, const char *end)
{
	size_t used = (size_t)sprintf(text, "%s", begin);

	for (; n && used < sizeof(text) - 200; n--)
		used += (size_t)sprintf(text + used, part, n);
	strcpy(text + used, end);
}

static void closed(unsigned int n)
{
	char *end = text + strlen(text);

	memset(end, ')', n);
	end[n] = 0;
}

static void fits(void)
{
	if (compiled(out, text))
		fail_msg("%.200s: %s", text, out);
}

static void is_refused(const char *why)
{
	assert_int_equal(compiled(out, text), -EINVAL);
	check_text(out, why);
}

static void nesting(void **state)
{
	static const char why[] = "nested deeper than 64 levels";

	(void)state;
	/* parentheses alone are no level of meaning, but the parser holds them */
	repeat("", "(", 60, "ip");
	closed(60);
	fits();
	repeat("", "(", 60000, "ip");
	is_refused(why);
	repeat("", "not ", 63, "ip");
	fits();
	repeat("", "not ", 64, "ip");
	is_refused(why);
	repeat("", "not ", 16000, "ip");
	is_refused(why);
	repeat("", "inner (", 4, "ip");
	closed(4);
	fits();
	repeat("", "innermost (", 5, "ip");
	closed(5);
	is_refused("inner and innermost are nested deeper than 4 here");
	repeat("", "inv (", 62, "ip");
	closed(62);
	fits();
	repeat("", "inv (", 10000, "ip");
	is_refused(why);
}

/* A let that uses the one before it adds a level each. */
static void nesting_by_let(void **state)
{
	char *to = text;
	unsigned int i;

	(void)state;
	to += sprintf(to, "let a0 = ip ");
	for (i = 1; i < 100; i++)
		to += sprintf(to, "let a%u = (udp and not a%u) ", i, i - 1);
	strcpy(to, "in a99");
	is_refused("nested deeper than 64 levels");
}

/* A let that doubles another one, and so on, takes neither time nor memory without end. */
static void doubling(void **state)
{
	static const char *const forms[] = {
		"let a%u = a%u and a%u ", "let a%u = a%u xor a%u ", "let a%u = a%u >-> a%u ",
		"let a%u = par a%u a%u ", "let a%u = conditional ip a%u a%u ",
	};
	unsigned int form, i;
	char *to;

	(void)state;
	for (form = 0; form < sizeof(forms) / sizeof(forms[0]); form++) {
		to = text + sprintf(text, "let a0 = udp ");
		for (i = 1; i < 60; i++)
			to += sprintf(to, forms[form], i, i - 1, i - 1);
		strcpy(to, "in a59");
		is_refused("the program has more steps than 256");
	}
	to = text + sprintf(text, "let a0 = [1, 2] ");
	for (i = 1; i < 60; i++)
		to += sprintf(to, "let a%u = [a%u, a%u] ", i, i - 1, i - 1);
	strcpy(to, "in has_port a59");
	is_refused("this list is longer than a program can be");
	/* 32768 values, seven times; and once more */
	to = text + sprintf(text, "let a0 = [1] ");
	for (i = 1; i < 16; i++)
		to += sprintf(to, "let a%u = [a%u, a%u] ", i, i - 1, i - 1);
	for (; i < 21; i++)
		to += sprintf(to, "let a%u = [a15] ", i);
	strcpy(to, "in has_port a20");
	fits();
	strcpy(to, "in has_port a20 or has_port [a15]");
	is_refused("with this list, the lists of the program are longer than a program can be");
}

static void lengths(void **state)
{
	(void)state;
	memset(text, ' ', PFQ_LANG_TEXT_MAX - 2);
	strcpy(text + PFQ_LANG_TEXT_MAX - 2, "ip");
	fits();
	memset(text, ' ', PFQ_LANG_TEXT_MAX - 1);
	strcpy(text + PFQ_LANG_TEXT_MAX - 1, "ip");
	is_refused("1:1: the text has 65537 bytes; 65536 are allowed");
}

static void steps(void **state)
{
	(void)state;
	repeat("ip", " >-> ip", 255, "");
	fits();
	repeat("ip", " >-> ip", 256, "");
	is_refused("1:1793: the program has 257 steps; 256 are allowed");
	repeat("ip", " >-> ip", 8000, "");
	is_refused("the program has more steps than 256");
	/* steps that no packet reaches do not count */
	repeat("conditional ip drop drop", " >-> ip", 300, "");
	fits();
}

static unsigned int units(unsigned int symbol)
{
	return pfq_lang_rows[symbol].units;
}

/* As many functions of @each units behind is_ip as a way may have, and one more. */
static void check_cost(const char *part, unsigned int each)
{
	unsigned int n = (PFQ_LANG_COST_MAX - units(PFQ_LANG_IS_IP)) / each;
	char why[100];

	assert_true(n + 2 <= PFQ_LANG_STEPS_MAX);
	repeat("ip", part, n, "");
	fits();
	repeat("ip", part, n + 1, "");
	snprintf(why, sizeof(why), "the longest way through the program costs %u units",
		 units(PFQ_LANG_IS_IP) + (n + 1) * each);
	is_refused(why);
}

static void cost(void **state)
{
	unsigned int each = units(PFQ_LANG_IS_UDP) + units(PFQ_LANG_HAS_ADDR);

	(void)state;
	check_cost(" >-> has_addr 10.0.0.1", units(PFQ_LANG_HAS_ADDR));
	/* the property costs, too */
	check_cost(" >-> steer_by (field l4 0 2)",
		   units(PFQ_LANG_STEER_BY) + units(PFQ_LANG_FIELD));
	/* ways that exclude each other do not add up */
	repeat("ip", " >-> conditional udp (has_addr 10.0.0.1) (has_addr 10.0.0.2)",
	       (PFQ_LANG_COST_MAX - units(PFQ_LANG_IS_IP)) / each, "");
	fits();
}

static void objects(void **state)
{
	(void)state;
	repeat("ip", " >-> count c%u", 64, "");
	fits();
	repeat("ip", " >-> count c%u", 65, "");
	is_refused("a program has at most 64 counters");
	repeat("ip", " or has_vid [1, 3%u]", 128, "");
	fits();
	repeat("ip", " or has_vid [1, 3%u]", 129, "");
	is_refused("a program has at most 128 lists, devices, counters and tables");
}

static void outputs(void **state)
{
	(void)state;
	repeat("copy", " >-> also (steer_ip)", 3, "");
	fits();
	repeat("copy", " >-> also (steer_ip)", 4, "");
	is_refused("on a way to this also there are 3 others; 3 in all are allowed");
	repeat("", "when ip (also steer_ip) >-> ", 3, "steer_flow");
	fits();
	/* ways that exclude each other */
	repeat("copy", " >-> conditional udp (also (steer_ip)) (also (steer_mac))", 3, "");
	fits();
	/* outputs that are taken back */
	repeat("", "inv (also steer_ip >-> drop) >-> ", 4, "copy");
	fits();
}

static void saves(void **state)
{
	(void)state;
	strcpy(text, "inv (steer_ip >-> inv (steer_ip >-> inv (steer_ip >-> ip)))");
	fits();
	strcpy(text, "inv (steer_ip >-> inv (steer_ip >-> inv (steer_ip >-> inv (steer_ip >-> "
		"ip))))");
	is_refused("nested deeper than 3 here");
	/* the last try is not undone, and needs no slot */
	strcpy(text, "par (steer_ip >-> ip) (inv (steer_ip >-> inv (steer_ip >-> inv "
		"(steer_ip))))");
	fits();
}

static void bytes(void **state)
{
	char *to = text;
	unsigned int i;

	(void)state;
	to += sprintf(to, "let many = [1");
	for (i = 3; i < 9000; i += 2)
		to += sprintf(to, ",%u", i);
	strcpy(to, "] in has_port many or has_dst_port many or is_frag");
	fits();
	to += sprintf(to, "] in has_port many or has_dst_port [many, 20000] or has_src_port "
		      "[many, 20002] or src (has_port [many, 20004]) or is_frag");
	is_refused("the program takes 72");
}

static void errors(void **state)
{
	unsigned int n = 0;
	const char *c;

	(void)state;
	repeat("x", " >-> x", 3000, "");
	assert_int_equal(compiled(out, text), -EINVAL);
	for (c = out; *c; c++)
		n += *c == '\n';
	assert_int_equal(n, 65);
	check_text(out, "further errors are not shown");
}

static void defines(void **state)
{
	char *to = text;
	unsigned int i;

	(void)state;
	for (i = 0; i < 256; i++)
		to += sprintf(to, "let a%u = ip ", i);
	strcpy(to, "in ip");
	fits();
	strcpy(to, "let b = ip in ip");
	is_refused("a program has at most 256 names of let and set");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nesting),
		cmocka_unit_test(nesting_by_let),
		cmocka_unit_test(doubling),
		cmocka_unit_test(lengths),
		cmocka_unit_test(steps),
		cmocka_unit_test(cost),
		cmocka_unit_test(objects),
		cmocka_unit_test(outputs),
		cmocka_unit_test(saves),
		cmocka_unit_test(bytes),
		cmocka_unit_test(errors),
		cmocka_unit_test(defines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
