/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Each row of the table of symbols can be written, compiled and printed. */
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/lang_example.h"
#include "lang/compile.h"
#include "lang/print.h"
#include "lang/vocabulary.h"

static void check_symbol(unsigned int symbol)
{
	char text[300], printed[300];
	struct pfq_lang_parts parts;
	struct pfq_lang_line line;
	struct pfq_lang *lang;

	check_case(pfq_lang_rows[symbol].text,
		   lang_example_write(text, sizeof(text), symbol, false));
	if (pfq_lang_compile(&lang, text, strlen(text)))
		fail_msg("%s: %s", text, pfq_lang_first_error(lang)->text);
	assert_int_equal(pfq_lang_parts_find(&parts, lang->bytes, lang->size), 0);
	check_case(text, parts.steps == 1 && parts.step[0].symbol == symbol);
	check_case(text, pfq_lang_cost(&parts) >= pfq_lang_rows[symbol].units);
	pfq_lang_step_write(&line, &parts, 0);
	lang_example_write(printed, sizeof(printed), symbol, true);
	assert_string_equal(line.text, printed);
	pfq_lang_free(lang);
}

static void each_symbol(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < __PFQ_LANG_SYMBOL_MAX; i++)
		if (pfq_lang_rows[i].type != PFQ_LANG_STRUCT)
			check_symbol(i);
}

/* Our own names, and names that come later, are no symbols at the same time. */
static void names_are_unique(void **state)
{
	const struct pfq_lang_word *word, *other;
	unsigned int i, k;

	(void)state;
	for (i = __PFQ_LANG_SYMBOL_MAX; (word = pfq_lang_word_at(i)); i++)
		for (k = 0; k < i; k++) {
			other = pfq_lang_word_at(k);
			if (other->sort || k >= __PFQ_LANG_SYMBOL_MAX)
				check_case(word->name, strcmp(word->name, other->name));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_symbol),
		cmocka_unit_test(names_are_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
