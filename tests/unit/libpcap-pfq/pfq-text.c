/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests texts that do not fit. */
#include <stdio.h>
#include <string.h>

#include "libpcap-pfq/pfq-text.h"
#include "tests/unit/fixture/check.h"

static void fit(void **state)
{
	char text[12];

	(void)state;
	pfq_text_write(text, sizeof(text), "%s %d", "seven", 12345);
	assert_string_equal(text, "seven 12345");
	pfq_text_write(text, sizeof(text), "%s", "");
	assert_string_equal(text, "");
}

static void do_not_fit(void **state)
{
	static const struct {
		const char *name, *whole, *cut;
		size_t size;
	} cases[] = {
		{ "after a word",	"three short words",	"three...",	12 },
		{ "the word fits",	"eight bytes more",	"eight...",	12 },
		{ "just before",	"12345678 more",	"12345678...",	12 },
		{ "one word",		"supercalifragilistic",	"supercal...",	12 },
		{ "a blank at first",	" supercalifragilistic", "...",		12 },
		{ "UTF-8",		"1234567\303\244\303\244\303\244", "1234567...", 12 },
		{ "no room",		"supercalifragilistic",	"...",		4 },
		{ "one byte too long",	"123456789abc",		"12345678...",	12 },
	};
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(text, 'x', sizeof(text));
		pfq_text_write(text, cases[i].size, "%s", cases[i].whole);
		check_case(cases[i].name, !strcmp(text, cases[i].cut));
	}
}

/* A word of a path may be longer than most of the text: then the text ends within it. */
static void long_word(void **state)
{
	char word[200], text[128];

	(void)state;
	memset(word, 'w', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	pfq_text_write(text, sizeof(text), "the file %s is missing", word);
	assert_int_equal(strlen(text), sizeof(text) - 1);
	assert_string_equal(text + strlen(text) - 5, "ww...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fit),
		cmocka_unit_test(do_not_fit),
		cmocka_unit_test(long_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
