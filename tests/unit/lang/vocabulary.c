/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Each row of the table of symbols can be written, compiled and printed. */
#include "tests/unit/fixture/check.h"
#include "lang/compile.h"
#include "lang/print.h"
#include "lang/vocabulary.h"

/* Arguments as a text has them; and as they are printed, where that differs. */
static const struct {
	const char *text, *printed;
} examples[__PFQ_LANG_ARGS_MAX] = {
	[PFQ_LANG_ARGS_NONE] = { "", NULL },
	[PFQ_LANG_ARGS_U8] = { " 255", NULL },
	[PFQ_LANG_ARGS_U16] = { " 65535", NULL },
	[PFQ_LANG_ARGS_U32] = { " 4294967295", NULL },
	[PFQ_LANG_ARGS_PORT] = { " 1-65535", NULL },
	[PFQ_LANG_ARGS_PORTS] = { " [65535, 1]", " [1, 65535]" },
	[PFQ_LANG_ARGS_VLAN] = { " 0-4094", NULL },
	[PFQ_LANG_ARGS_VLANS] = { " [4094, 0]", " [0, 4094]" },
	[PFQ_LANG_ARGS_QUEUE] = { " 3", NULL },
	[PFQ_LANG_ARGS_MAC] = { " 00:11:22:AA:bb:cc", " 00:11:22:aa:bb:cc" },
	[PFQ_LANG_ARGS_RATIO] = { " 1/2", " 50%" },
	[PFQ_LANG_ARGS_CLASSES] = { " [0, 63]", NULL },
	[PFQ_LANG_ARGS_MEMBER] = { " 255", NULL },
	[PFQ_LANG_ARGS_SLICE] = { " 14", NULL },
	[PFQ_LANG_ARGS_BYTES] = { " 256K", " 262144" },
	[PFQ_LANG_ARGS_FIELD] = { " l3 0x10 4", " l3 16 4" },
	[PFQ_LANG_ARGS_FIELD8] = { " payload 65535 8", NULL },
	[PFQ_LANG_ARGS_FIELDS8] = { " l2 0 6 6", NULL },
	[PFQ_LANG_ARGS_KEY] = { " [src_ip, icmp_code]", NULL },
	[PFQ_LANG_ARGS_PROPERTY] = { " (field l4 0 2)", NULL },
	[PFQ_LANG_ARGS_PREFIXES] = { " [::/0, 10.0.0.0/8]", " [10.0.0.0/8, ::/0]" },
	[PFQ_LANG_ARGS_BITS] = { " 10.0.0.0/8 24", NULL },
	[PFQ_LANG_ARGS_DEVICE] = { " \"eth0\"", NULL },
	[PFQ_LANG_ARGS_COUNTER] = { " web", NULL },
	[PFQ_LANG_ARGS_PACKETS] = { "", NULL },
	[PFQ_LANG_ARGS_OCTETS] = { "", NULL },
	[PFQ_LANG_ARGS_PERCENT] = { "", NULL },
	[PFQ_LANG_ARGS_DUP] = { " 2ms by=frame bytes=2048 size=128M",
				" 2ms by=frame bytes=2048 size=134217728" },
	[PFQ_LANG_ARGS_RATE] = { " 100Mbps burst=50ms", NULL },
	[PFQ_LANG_ARGS_RATES] = { " 10000pps burst=2s size=64K", " 10kpps burst=2s size=65536" },
};

/* The text of a program of one step: the symbol. is_sip has an option in place of an argument. */
static void write_program(char *text, size_t size, unsigned int symbol, bool printed)
{
	const struct pfq_lang_row *row = &pfq_lang_rows[symbol];
	bool is_sip = symbol == PFQ_LANG_IS_SIP || symbol == PFQ_LANG_IS_SIP_IN;
	const char *args = examples[row->args].text;

	if (printed && examples[row->args].printed)
		args = examples[row->args].printed;
	snprintf(text, size, "%s%s%s%s", row->text, is_sip ? " ports =" : "", args,
		 row->type != PFQ_LANG_PROP ? "" : printed ? " >= 2" : " > 1");
}

static void check_symbol(unsigned int symbol)
{
	char text[200], printed[200];
	struct pfq_lang_parts parts;
	struct pfq_lang_line line;
	struct pfq_lang *lang;

	check_case(pfq_lang_rows[symbol].text, examples[pfq_lang_rows[symbol].args].text);
	write_program(text, sizeof(text), symbol, false);
	if (pfq_lang_compile(&lang, text, strlen(text)))
		fail_msg("%s: %s", text, pfq_lang_first_error(lang)->text);
	assert_int_equal(pfq_lang_parts_find(&parts, lang->bytes, lang->size), 0);
	check_case(text, parts.steps == 1 && parts.step[0].symbol == symbol);
	check_case(text, pfq_lang_cost(&parts) >= pfq_lang_rows[symbol].units);
	pfq_lang_step_write(&line, &parts, 0);
	write_program(printed, sizeof(printed), symbol, true);
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
